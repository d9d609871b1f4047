//! Keeps scheduled container jobs running on AWS.
//!
//! One TOML file says what should exist. The program compares it with what does exist and makes the difference, by
//! direct AWS API calls. `docs/architecture.md` tells how.

pub mod arn;
pub mod asl;
pub mod aws;
pub mod blueprint;
pub mod cli;
pub mod commands;
pub mod config;
pub mod error;
pub mod execute;
pub mod facts;
pub mod files;
pub mod finding;
pub mod iam;
pub mod kind;
pub mod kinds;
pub mod plan;
pub mod reconcile;
pub mod references;
pub mod report;
pub mod schedule;
pub mod scope;
pub mod session;
pub mod stop;
