//! The pretend world of practice: started here, its panel read and written here.

use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::dns::practice::Behavior;
use crate::dns::practice::Delays;
use crate::dns::practice::PanelEntry;
use crate::dns::practice::Practice;
use crate::dns::practice::Story;
use crate::records::sighting::RecordType;
use crate::tui::message::Console;
use crate::tui::message::Message;
use crate::tui::message::PanelView;
use crate::tui::message::Pretend;
use crate::tui::message::Trouble;
use crate::tui::panel::Entry;
use crate::tui::perform::net::Net;

/// With `--fast`: long enough to be seen, short enough not to be waited for.
const FAST: Delays = Delays {
    second: Duration::from_millis(300),
    resolver: Duration::from_millis(600),
    negative: Duration::from_millis(500),
};

/// The pretend world, once it was started.
#[derive(Clone, Default)]
pub struct Stage {
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    practice: Practice,
    console: Vec<Console>,
}

impl Stage {
    pub fn start(
        &self,
        fast: bool,
        net: Net,
        messages: UnboundedSender<Message>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let stage = self.clone();
        async move {
            let answer = match Self::started(fast).await {
                Ok((running, domain)) => {
                    net.turn_to(running.practice.config());
                    *stage.lock() = Some(running);
                    Ok(Pretend { domain, fast })
                }
                Err(reason) => Err(Trouble {
                    reason,
                    remedy: "Practice needs the loopback network of this computer.".to_owned(),
                }),
            };
            let _ = messages.send(Message::Practicing(answer));
        }
    }

    async fn started(fast: bool) -> Result<(Running, String), String> {
        let story = Story::bakery().map_err(|error| error.to_string())?;
        let delays = if fast { FAST } else { Delays::default() };
        let practice = Practice::start(&story, delays)
            .await
            .map_err(|error| format!("its name servers did not start ({error})"))?;
        let mut console: Vec<Console> = Vec::new();
        for shown in &story.console {
            let index = console
                .iter()
                .filter(|before| before.sender == shown.service)
                .count();
            console.push(Console {
                sender: shown.service.clone(),
                index,
                text: shown.value.clone(),
            });
        }
        Ok((Running { practice, console }, story.domain.to_string()))
    }

    /// Tells what stands in the panel.
    pub fn tell(&self, messages: &UnboundedSender<Message>) {
        if let Some(running) = &*self.lock() {
            let _ = messages.send(Message::Panel(Ok(running.view())));
        }
    }

    pub fn save(
        &self,
        at: Option<usize>,
        entry: &Entry,
        cut: bool,
        messages: &UnboundedSender<Message>,
    ) {
        let guard = self.lock();
        let Some(running) = &*guard else {
            return;
        };
        let saved = panel_entry(entry, cut).and_then(|entry| match at {
            Some(at) => running.practice.edit(at, entry),
            None => running.practice.panel(entry),
        });
        let _ = messages.send(Message::Panel(match saved {
            Ok(_) => Ok(running.view()),
            Err(reason) => Err(refused(reason)),
        }));
    }

    pub fn remove(&self, at: usize, messages: &UnboundedSender<Message>) {
        let guard = self.lock();
        let Some(running) = &*guard else {
            return;
        };
        let _ = messages.send(Message::Panel(match running.practice.remove(at) {
            Ok(_) => Ok(running.view()),
            Err(reason) => Err(refused(reason)),
        }));
    }

    /// Puts the panel into the state in which it was left, known to everybody.
    pub fn restore(&self, entries: &[Entry]) {
        let guard = self.lock();
        let Some(running) = &*guard else {
            return;
        };
        while !running.practice.entries().is_empty() {
            if running.practice.remove(0).is_err() {
                break;
            }
        }
        for entry in entries {
            // An entry that the panel took once is taken again.
            let _ = panel_entry(entry, false).map(|entry| running.practice.panel(entry));
        }
        running.practice.skip();
    }

    pub fn skip(&self) {
        if let Some(running) = &*self.lock() {
            running.practice.skip();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn view(&self) -> PanelView {
        PanelView {
            entries: self
                .practice
                .entries()
                .into_iter()
                .map(|row| Entry {
                    record_type: row.record_type.to_string(),
                    name: row.name,
                    value: row.value,
                })
                .collect(),
            console: self.console.clone(),
        }
    }
}

fn panel_entry(entry: &Entry, cut: bool) -> Result<PanelEntry, String> {
    let record_type = match entry.record_type.as_str() {
        "A" => RecordType::A,
        "AAAA" => RecordType::Aaaa,
        "CNAME" => RecordType::Cname,
        "MX" => RecordType::Mx,
        "TXT" => RecordType::Txt,
        other => {
            return Err(format!(
                "This panel has no record type \"{other}\": it knows A, AAAA, CNAME, MX and TXT"
            ));
        }
    };
    Ok(PanelEntry {
        record_type,
        name: entry.name.clone(),
        value: entry.value.clone(),
        behavior: if cut {
            Behavior::CutsAt255
        } else {
            Behavior::Keeps
        },
    })
}

fn refused(reason: String) -> Trouble {
    Trouble {
        reason: reason.trim_end_matches('.').to_owned(),
        remedy: "What you typed is still there; mend it and press Enter.".to_owned(),
    }
}
