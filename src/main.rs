//! Parses, runs, and ends with a status.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use provision::aws::on_waiting_reads;
use provision::cli::Cli;
use provision::error::{Error, Exit};
use provision::reconcile::GO_ON;
use provision::stop::on_signal_while_idle;
use provision::{commands, report};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let helped = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return ExitCode::from(if helped { Exit::Done as u8 } else { Exit::Config as u8 });
        }
    };
    let common = commands::common(&cli);
    log(common.map_or(0, |common| common.verbose));
    let json = common.is_some_and(|common| common.json);
    on_signal_while_idle(if json { |begun| interrupted(begun, true) } else { |begun| interrupted(begun, false) });
    if !common.is_some_and(|common| common.quiet) {
        on_waiting_reads(report::waiting);
    }
    let exit = run(cli).unwrap_or_else(|error| {
        report::error(&error, json);
        error.exit()
    });
    ExitCode::from(exit as u8)
}

/// Ends the program while no request that writes is under way.
fn interrupted(begun: bool, json: bool) {
    let error = match begun {
        true => Error::with_exit(Exit::Interrupted, "interrupted").hint(GO_ON),
        false => Error::with_exit(Exit::Interrupted, "interrupted: nothing was changed on AWS"),
    };
    report::error(&error, json);
    std::process::exit(Exit::Interrupted as i32);
}

fn run(cli: Cli) -> Result<Exit, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::failed("can't start").caused_by(error))?;
    runtime.block_on(commands::run(cli))
}

/// Our own log, to stderr. The SDK's would show what is in requests.
fn log(verbose: u8) {
    if verbose == 0 {
        return;
    }
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("provision=debug"))
        .with_writer(|| report::Log)
        .without_time()
        .init();
}
