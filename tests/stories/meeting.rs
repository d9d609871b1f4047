//! Two commands at the same time: what is there in the end is what one of them wants, whole, and the other says so.

use std::time::Duration;

use provision::session::Aim;

use crate::play::Play;
use crate::story::Command;
use crate::witness::Witness;

impl Play {
    /// The second begins `wait` later.
    pub fn both(&mut self, commands: [&Command; 2], wait: Duration) -> Result<(), String> {
        let fresh = self.is_fresh();
        let others = self.cloud.world.borrow().others();
        let configs = commands.map(|command| self.config(command.config));
        let aims = commands.map(|command| Aim { adopt: command.adopts, ..Aim::default() });
        let processes: Vec<_> =
            (0..2).map(|at| self.process(configs[at], &aims[at], &commands[at].trouble, false)).collect();
        let mut witnesses: Vec<_> = processes.iter().map(|process| Witness::new(process, false)).collect();
        let lives = processes.iter().zip(&mut witnesses).enumerate().map(|(at, (process, witness))| {
            let begins = if at == 0 { Duration::ZERO } else { wait };
            let life = process.live(begins, self.cloud.draw(1 << 16), witness);
            (Box::pin(life) as _, &process.killed)
        });
        let lives = lives.collect();
        let ended = self.cloud.clock.drive(lives);
        self.cloud.calm();
        for process in &processes {
            process.is_blameless()?;
        }
        let adopted = &processes[0].audit.borrow().adopted | &processes[1].audit.borrow().adopted;
        others.untouched(&self.cloud.world.borrow(), &adopted)?;
        let undisturbed = |at: usize| {
            let process: &crate::process::Process<'_> = &processes[at];
            let stopped = process.is_stopped() || process.killed.get() || process.blinded.get();
            !stopped && !process.failed_for_good() && !witnesses[at].refused
        };
        let lag = commands.iter().any(|command| command.trouble.lag > 0);
        let judged = fresh && !lag && undisturbed(0) && undisturbed(1);
        // Who is done before the other begins to write can't know of it.
        let met =
            |at: usize| processes[1 - at].began.get().is_some_and(|began| Some(began) < processes[at].ended.get());
        let met = [met(0), met(1)];
        let sent = processes.iter().map(|process| process.sent.get()).sum::<u32>();
        let faults = processes.iter().map(|process| process.fired.borrow().len()).sum::<usize>();
        let crashes = processes.iter().filter(|process| process.killed.get()).count();
        drop(witnesses);
        drop(processes);
        self.tally.requests += sent;
        self.tally.faults += u32::try_from(faults).unwrap_or(u32::MAX);
        self.tally.crashes += u32::try_from(crashes).unwrap_or(u32::MAX);
        if !judged {
            return Ok(());
        }
        self.tally.meetings += 1;
        let has = |at: usize| self.missing(configs[at], &aims[at]).is_empty();
        let well = |at: usize| matches!(ended[at], Some(Ok(())));
        if !(0..2).any(|at| well(at) && has(at)) {
            let told: Vec<_> = ended.iter().map(|end| format!("{end:?}")).collect();
            let lacks = configs.map(|config| format!("{:?}", self.missing(config, &Aim::default())));
            return Err(format!(
                "neither of two that met has its state, whole: {}\n{}",
                told.join("\n"),
                lacks.join("\n")
            ));
        }
        if (0..2).any(|at| well(at) && !has(at) && met[at]) {
            self.tally.untold += 1;
        }
        Ok(())
    }
}
