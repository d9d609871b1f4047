//! The program as its users run it: the real binary, over HTTP, against servers that we did not write.

mod adoption;
mod apply;
mod article;
mod bad_input;
mod destroy;
mod drift;
mod examples;
mod interrupt;
mod kill;
mod narrowing;
mod order;
mod propagation;
mod round_trips;
mod support;
