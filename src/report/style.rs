//! What each part of the output looks like, by its meaning.

use anstyle::{AnsiColor, Style};

pub const ERROR: Style = AnsiColor::Red.on_default().bold();
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub const HINT: Style = AnsiColor::Cyan.on_default().bold();
pub const CREATE: Style = AnsiColor::Green.on_default();
pub const UPDATE: Style = AnsiColor::Yellow.on_default();
pub const DELETE: Style = AnsiColor::Red.on_default();
pub const BLOCKED: Style = AnsiColor::Magenta.on_default().bold();
pub const DIM: Style = Style::new().dimmed();
