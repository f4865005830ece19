//! How many sockets this process may open.

/// Sockets that are never exceeded.
#[cfg(unix)]
const MOST: u64 = 4096;

/// What is left for files, pipes and the rest.
#[cfg(unix)]
const OTHERS: u64 = 64;

/// Raises the soft limit of open files as far as it helps and may be, and says how many sockets that leaves room for.
#[cfg(unix)]
pub fn room() -> usize {
    use rustix::process::Resource;
    use rustix::process::getrlimit;
    use rustix::process::setrlimit;

    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(MOST).min(MOST);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // Where it may not be raised, the old one holds.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let current = getrlimit(Resource::Nofile).current.unwrap_or(MOST);
    usize::try_from(current.min(MOST).saturating_sub(OTHERS)).unwrap_or_default()
}

/// Sockets are no files here.
#[cfg(not(unix))]
pub fn room() -> usize {
    2048
}
