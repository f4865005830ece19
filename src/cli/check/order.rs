//! Many pieces of work side by side, their results in the order of the list, and a bounded number of both.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::cli::Exit;
use crate::cli::printer;

/// Domains that are looked at side by side.
const SIDE_BY_SIDE: usize = 200;

/// Domains that are begun, or done and waiting for one before them to be printed.
const WINDOW: usize = 2000;

/// Starts a piece of work for each entry and hands the results to `end` in the order of the entries. Where `start` gives no work, its
/// exit takes the place in that order. The first `Err` of `end` ends it all; the exit of a list that broke off is given back.
pub async fn in_order<E, T, W>(
    mut entries: mpsc::Receiver<Result<E, Exit>>,
    mut start: impl FnMut(E) -> Result<W, Exit>,
    mut end: impl FnMut(Result<T, Exit>) -> Result<(), Exit>,
) -> Result<Option<Exit>, Exit>
where
    T: Send + 'static,
    W: Future<Output = Result<T, Exit>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut begun: VecDeque<JoinHandle<Result<T, Exit>>> = VecDeque::new();
    let mut broken_off = None;
    let mut has_more = true;
    while has_more || !begun.is_empty() {
        tokio::select! {
            entry = entries.recv(), if has_more && begun.len() < WINDOW => match entry {
                None => has_more = false,
                Some(Err(exit)) => broken_off = Some(exit),
                Some(Ok(entry)) => {
                    let work = start(entry);
                    let places = Arc::clone(&places);
                    begun.push_back(tokio::spawn(async move {
                        let work = work?;
                        let _place = places.acquire().await;
                        work.await
                    }));
                }
            },
            done = first(&mut begun), if !begun.is_empty() => {
                begun.pop_front();
                end(done)?;
            }
        }
    }
    Ok(broken_off)
}

/// The result of the work that was begun first.
async fn first<T>(begun: &mut VecDeque<JoinHandle<Result<T, Exit>>>) -> Result<T, Exit> {
    let Some(first) = begun.front_mut() else {
        return std::future::pending().await;
    };
    first.await.unwrap_or_else(|_| {
        Err(printer::complain(
            Exit::Unknown,
            "a look ended before it was complete",
            "run the command again; if it happens again, please report it with the domain",
        ))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering;

    use super::*;

    /// Thousands of entries, and one in the way that takes longer than all others: what is held stays within its bounds.
    #[tokio::test]
    async fn results_come_in_order_and_what_is_held_is_bounded() {
        const ALL: usize = 7_000;
        let (sender, entries) = mpsc::channel(1);
        tokio::spawn(async move {
            for n in 0..ALL {
                sender.send(Ok(n)).await.unwrap();
            }
            sender.send(Err(Exit::Usage)).await.unwrap();
        });
        let (live, most, done) =
            <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let gate = Arc::new(Semaphore::new(0));
        let opened = Arc::clone(&gate);
        let counted = Arc::clone(&done);
        tokio::spawn(async move {
            // The first one stays until nothing else can go on.
            while counted.load(Ordering::Relaxed) < WINDOW - 1 {
                tokio::task::yield_now().await;
            }
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(counted.load(Ordering::Relaxed), WINDOW - 1);
            opened.add_permits(1);
        });
        let (now, peak, ended) = (live, Arc::clone(&most), Arc::clone(&done));
        let mut seen = Vec::new();
        let broken_off = in_order(
            entries,
            |n: usize| {
                if n % 1000 == 999 {
                    ended.fetch_add(1, Ordering::Relaxed);
                    return Err(Exit::Usage);
                }
                let (now, peak, ended) = (Arc::clone(&now), Arc::clone(&peak), Arc::clone(&ended));
                let gate = Arc::clone(&gate);
                Ok(async move {
                    peak.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                    if n == 0 {
                        gate.acquire().await.unwrap().forget();
                    }
                    tokio::task::yield_now().await;
                    now.fetch_sub(1, Ordering::Relaxed);
                    ended.fetch_add(1, Ordering::Relaxed);
                    Ok(n)
                })
            },
            |done| {
                seen.push(done);
                Ok(())
            },
        )
        .await
        .unwrap();
        let expected: Vec<Result<usize, Exit>> = (0..ALL)
            .map(|n| {
                if n % 1000 == 999 {
                    Err(Exit::Usage)
                } else {
                    Ok(n)
                }
            })
            .collect();
        assert_eq!(seen, expected);
        assert_eq!(broken_off, Some(Exit::Usage));
        assert!(most.load(Ordering::Relaxed) <= SIDE_BY_SIDE);
    }
}
