//! The loop: waits for keys, answers, signals and time; lets `update` think; draws; has the commands carried out.

mod events;
mod terminal;

use std::io;
use std::io::stdin;
use std::task::Poll;
use std::time::Duration;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event;
use crossterm::event::Event;
use crossterm::event::EventStream;
use crossterm::execute;
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::process::Signal;
use tokio::runtime::Runtime;
use tokio::signal::unix::Signal as Signaled;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::MissedTickBehavior;

use crate::plan::page::Mark;
use crate::tui::clipboard::Clipboard;
use crate::tui::command::Command;
use crate::tui::keys::Context;
use crate::tui::message::Message;
use crate::tui::message::Trouble;
use crate::tui::model::Https;
use crate::tui::model::Look;
use crate::tui::model::Model;
use crate::tui::perform::Performer;
use crate::tui::perform::World;
use crate::tui::run::terminal::Screen;
use crate::tui::update;
use crate::tui::update::Beginning;
use crate::tui::view;
use crate::tui::view::links;
use crate::tui::view::words;

/// Between two looks whether the terminal is still there.
const WATCH_TERMINAL: Duration = Duration::from_millis(400);
/// Between two ticks while a clock is on the screen.
const TICK: Duration = Duration::from_millis(500);
/// The same in a fast practice.
const FAST_TICK: Duration = Duration::from_millis(100);
/// Events and messages that are taken in before the screen is drawn.
const BATCH: usize = 4_096;

/// How wide the terminal is; none where there is none.
pub fn columns() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns)
}

/// What a run needs to know beforehand.
#[derive(Clone, Debug)]
pub struct Settings {
    pub beginning: Beginning,
    /// What is to be said first.
    pub greeting: Option<String>,
    pub look: Look,
    pub clipboard: Clipboard,
    pub world: World,
}

/// How a run ended without an error of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Saved,
    /// The last save failed.
    NotSaved(Trouble),
}

/// Runs the wizard until it is left. The terminal is given back before this returns.
pub fn run(settings: Settings) -> io::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // Signals are heard before the terminal is taken: there is no moment in which one would leave it behind.
    let signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    let mut screen = terminal::take(settings.look.color)?;
    let ended = drive(&mut screen, settings, signals, &runtime);
    terminal::give_back();
    // Nobody waits for the network.
    runtime.shutdown_background();
    ended.map(|unsaved| unsaved.map_or(Ended::Saved, Ended::NotSaved))
}

fn drive(
    screen: &mut Screen,
    settings: Settings,
    signals: Signals,
    runtime: &Runtime,
) -> io::Result<Option<Trouble>> {
    let clock = settings.world.clock;
    let size = screen.size()?;
    let mut model = Model::new(clock.now(), settings.look, (size.width, size.height));
    model.clipboard = settings.clipboard;
    if settings.world.over_https.is_some() {
        model.https = Https::On;
    }
    let commands = update::begin(&mut model, settings.beginning);
    if let Some(greeting) = &settings.greeting {
        update::tell(&mut model, Mark::Now, greeting);
    }
    // The first screen stands before anything else is begun.
    draw(screen, &model)?;
    model.time_zone = TimeZone::system();
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut performer = Performer::new(settings.world, runtime.handle().clone(), sender);
    let ended = runtime.block_on(turn(
        screen,
        &mut model,
        commands,
        &mut performer,
        receiver,
        signals,
    ));
    if ended.is_err() {
        // The terminal is gone: what was typed is saved all the same.
        for command in update::update(&mut model, Message::Told) {
            performer.perform(command);
        }
    }
    // The disk finishes with the terminal given back already.
    terminal::give_back();
    let unsaved = performer.finish();
    ended.map(|()| unsaved)
}

/// Draws the screen, and lays links over the addresses on it where the terminal knows them.
fn draw(screen: &mut Screen, model: &Model) -> io::Result<()> {
    let drawn = screen.draw(|frame| view::draw(model, frame))?;
    if !model.look.links {
        return Ok(());
    }
    let links = links::found(drawn.buffer);
    terminal::lay_links(screen.backend_mut(), &links)
}

/// The signals that the wizard answers to.
struct Signals {
    hangup: Signaled,
    terminate: Signaled,
    interrupt: Signaled,
    stop: Signaled,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
        })
    }
}

async fn turn(
    screen: &mut Screen,
    model: &mut Model,
    commands: Vec<Command>,
    performer: &mut Performer,
    mut receiver: UnboundedReceiver<Message>,
    mut signals: Signals,
) -> io::Result<()> {
    let clock = performer.clock();
    let mut keys = EventStream::new();
    let mut alive = tokio::time::interval(WATCH_TERMINAL);
    alive.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut commands = commands;
    loop {
        for command in std::mem::take(&mut commands) {
            match command {
                Command::Quit => return Ok(()),
                Command::Suspend => {
                    suspend(screen, Whom::Group)?;
                    commands.extend(tell(model, clock.now(), Message::Resumed));
                    resized(screen, model);
                }
                // As it is, inside tmux too. Where the terminal has no clipboard, `v` helps; that is what the notice says.
                Command::Copy(text) => {
                    let _ = execute!(
                        io::stdout(),
                        CopyToClipboard::to_clipboard_from(text.as_bytes())
                    );
                }
                Command::ShowBare(text) => terminal::show_outside(&words::safe(&text))?,
                Command::Return => *screen = terminal::return_inside()?,
                other => performer.perform(other),
            }
        }
        if !model.outside {
            draw(screen, model)?;
        }
        let tick = if model
            .practice
            .as_ref()
            .is_some_and(|practice| practice.fast)
        {
            FAST_TICK
        } else {
            TICK
        };
        let happened = loop {
            let ticks = model.ticks();
            let messages = tokio::select! {
                biased;
                _ = signals.hangup.recv() => vec![Message::Told],
                // Asked before the keys are: their reader would spin on a terminal that is gone.
                () = gone() => return Err(io::ErrorKind::BrokenPipe.into()),
                event = keys.next() => taken(event, model)?,
                _ = signals.terminate.recv() => vec![Message::Told],
                _ = signals.interrupt.recv() => vec![Message::Told],
                _ = signals.stop.recv() => {
                    suspend(screen, Whom::Myself)?;
                    resized(screen, model);
                    vec![Message::Resumed]
                }
                message = receiver.recv() => message.into_iter().collect(),
                () = tokio::time::sleep(tick), if ticks => vec![Message::Clock(clock.now())],
                _ = alive.tick() => {
                    if is_gone() {
                        return Err(io::ErrorKind::BrokenPipe.into());
                    }
                    continue;
                }
            };
            break messages;
        };
        commands.extend(update::update(model, Message::Clock(clock.now())));
        for message in happened {
            commands.extend(update::update(model, message));
        }
        for _ in 0..BATCH {
            let Ok(message) = receiver.try_recv() else {
                break;
            };
            commands.extend(update::update(model, message));
        }
    }
}

fn tell(model: &mut Model, now: jiff::Timestamp, message: Message) -> Vec<Command> {
    let mut commands = update::update(model, Message::Clock(now));
    commands.extend(update::update(model, message));
    commands
}

/// One event, and all that wait behind it.
fn taken(first: Option<io::Result<Event>>, model: &Model) -> io::Result<Vec<Message>> {
    let Some(first) = first else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let mut events = vec![first?];
    // Not by the stream: asked in passing, it would keep a waker that wakes nobody.
    while events.len() < BATCH && !is_gone() && event::poll(Duration::ZERO)? {
        events.push(event::read()?);
    }
    let types = matches!(
        model.context(),
        Context::Field | Context::FilterField | Context::PanelField
    );
    Ok(events::messages(events, types))
}

/// Who is to be stopped.
enum Whom {
    /// All that run in front of this terminal, as the terminal itself would.
    Group,
    /// This process: the others have had the signal already.
    Myself,
}

/// Gives the terminal back, stops, and takes it again when the shell goes on. SIGSTOP, because a process without a
/// shell above it would never see SIGTSTP.
fn suspend(screen: &mut Screen, whom: Whom) -> io::Result<()> {
    terminal::give_back();
    let stopped = match whom {
        Whom::Group => rustix::process::kill_current_process_group(Signal::STOP),
        Whom::Myself => rustix::process::kill_process(rustix::process::getpid(), Signal::STOP),
    };
    terminal::enter()?;
    *screen = terminal::fresh()?;
    stopped.map_err(io::Error::from)
}

fn resized(screen: &Screen, model: &mut Model) {
    if let Ok(size) = screen.size() {
        model.width = size.width;
        model.height = size.height;
    }
}

/// Ready once the terminal has hung up, as far as is seen whenever something else wakes the loop.
async fn gone() {
    std::future::poll_fn(|_| {
        if is_gone() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Whether the terminal has hung up. Its reader would spin on it for ever.
fn is_gone() -> bool {
    let input = stdin();
    let mut fds = [PollFd::new(&input, PollFlags::empty())];
    let now = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    rustix::event::poll(&mut fds, Some(&now)).is_ok_and(|_| {
        fds[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
    })
}
