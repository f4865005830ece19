//! Options that every verb takes, and what they mean.

use std::ffi::OsString;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::dns::https::Choice;
use crate::dns::https::Url;
use crate::dns::scoped;

/// The port of DNS (RFC 1035, section 4.2).
const DNS_PORT: u16 = 53;

/// The longest wait for one answer that may be asked for.
const LONGEST_TIMEOUT: f64 = 600.0;

/// The global options as the command line has them; they stand before or after the verb.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalArguments {
    /// Ask this DNS resolver instead of the system's and the public ones (may be repeated)
    #[arg(long, global = true, value_name = "IP[:PORT]", value_parser = resolver)]
    resolver: Vec<SocketAddr>,

    /// Ask over HTTPS, where port 53 is blocked: the public resolvers 1.1.1.1, 8.8.8.8 and 9.9.9.9, or the one of this URL (may be
    /// repeated)
    #[arg(long, global = true, value_name = "URL", num_args = 0..=1, require_equals = true,
          default_missing_value = "", value_parser = over_https, conflicts_with = "resolver")]
    doh: Vec<OverHttps>,

    /// Keep setups and keys in this folder (also NOBOUNCE_DATA_DIR)
    #[arg(long, global = true, value_name = "DIR", value_parser = folder())]
    data_dir: Option<PathBuf>,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    /// Use color: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,

    /// Wait this long for one DNS answer
    #[arg(long, global = true, value_name = "SECONDS", value_parser = timeout)]
    timeout: Option<Duration>,

    /// Print results only, no remarks
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Print more remarks
    #[arg(short, long, global = true)]
    verbose: bool,

    /// For labs: the port where authoritative servers listen
    #[arg(long, global = true, value_name = "PORT", hide_short_help = true,
          value_parser = clap::value_parser!(u16).range(1..))]
    authoritative_port: Option<u16>,

    /// For labs: certificates to trust with --doh besides the usual ones (PEM)
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        hide_short_help = true,
        requires = "doh"
    )]
    doh_ca: Option<PathBuf>,

    /// For labs: the clock that rules see (RFC 3339)
    #[arg(long, global = true, value_name = "TIME", hide_short_help = true, value_parser = time)]
    now: Option<Timestamp>,
}

/// One `--doh`.
#[derive(Clone, Debug)]
enum OverHttps {
    Public,
    Named(Url),
}

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// The global options as the verbs read them.
#[derive(Clone, Debug, PartialEq)]
pub struct Globals {
    /// In the order given; empty: the system's resolvers and the public ones.
    pub resolvers: Vec<SocketAddr>,
    /// Whom to ask over HTTPS instead; None: nobody.
    pub over_https: Option<Choice>,
    pub authoritative_port: u16,
    /// Where `--data-dir` or `NOBOUNCE_DATA_DIR` points; None: the default folder.
    pub data_dir: Option<PathBuf>,
    pub json: bool,
    pub color: Color,
    /// None: the usual time.
    pub timeout: Option<Duration>,
    pub quiet: bool,
    pub verbose: bool,
    /// The clock that `--now` sets; None: the real one.
    pub now: Option<Timestamp>,
}

impl Globals {
    /// `data_dir_variable` is the value of `NOBOUNCE_DATA_DIR`; the option wins, an empty variable counts as absent.
    pub fn new(arguments: GlobalArguments, data_dir_variable: Option<OsString>) -> Self {
        let over_https = (!arguments.doh.is_empty()).then(|| Choice {
            urls: arguments
                .doh
                .into_iter()
                .filter_map(|doh| match doh {
                    OverHttps::Public => None,
                    OverHttps::Named(url) => Some(url),
                })
                .collect(),
            trusted: arguments.doh_ca,
        });
        Self {
            resolvers: arguments.resolver,
            over_https,
            authoritative_port: arguments.authoritative_port.unwrap_or(DNS_PORT),
            data_dir: arguments.data_dir.or_else(|| {
                data_dir_variable
                    .filter(|value| !value.is_empty())
                    .map(PathBuf::from)
            }),
            json: arguments.json,
            color: arguments.color,
            timeout: arguments.timeout,
            quiet: arguments.quiet,
            verbose: arguments.verbose,
            now: arguments.now,
        }
    }

    /// The clock that rules see.
    pub fn clock(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }
}

impl Color {
    /// Whether to color what goes to a stream. `no_color`: the variable `NO_COLOR` is set to something.
    pub fn holds(self, is_terminal: bool, no_color: bool) -> bool {
        match self {
            Self::Auto => is_terminal && !no_color,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Whether the user wants no color anywhere: `NO_COLOR` is set to something.
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:5353`; an IPv6 address with the network that it
/// is on as `fe80::1%eth0` or `[fe80::1%eth0]:5353`.
fn resolver(text: &str) -> Result<SocketAddr, String> {
    let wrong =
        "type an IP address, with a port if it is not 53: 192.0.2.1:5353 or [2001:db8::1]:5353";
    let address = text
        .parse::<SocketAddr>()
        .ok()
        .or_else(|| {
            let bare = text
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .filter(|inner| inner.contains(':'))
                .unwrap_or(text);
            match bare.parse::<IpAddr>() {
                Ok(ip) => Some(SocketAddr::new(ip, DNS_PORT)),
                Err(_) => scoped(bare, DNS_PORT),
            }
        })
        .or_else(|| {
            let (ip, port) = text.strip_prefix('[')?.split_once("]:")?;
            scoped(ip, port.parse().ok()?)
        })
        .ok_or(wrong)?;
    if address.port() == 0 {
        return Err(wrong.to_owned());
    }
    Ok(address)
}

/// Reads what stands behind `--doh=`; nothing means the public ones.
fn over_https(text: &str) -> Result<OverHttps, String> {
    if text.is_empty() {
        return Ok(OverHttps::Public);
    }
    text.parse().map(OverHttps::Named).map_err(|error| {
        format!("{error}; write it so: --doh=https://dns.example/dns-query, or --doh alone")
    })
}

/// A path that is not empty; it need not be UTF-8.
fn folder() -> impl clap::builder::TypedValueParser<Value = PathBuf> {
    use clap::builder::TypedValueParser;
    clap::builder::PathBufValueParser::new().try_map(|path| {
        if path.as_os_str().is_empty() {
            Err("type the path of a folder")
        } else {
            Ok(path)
        }
    })
}

fn timeout(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST_TIMEOUT)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "type a number of seconds, from 0.1 to 600".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "type a time such as 2026-11-23T10:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn resolvers_are_read_with_and_without_port_and_brackets() {
        for (typed, read) in [
            ("192.0.2.1", "192.0.2.1:53"),
            ("192.0.2.1:5353", "192.0.2.1:5353"),
            ("2001:db8::1", "[2001:db8::1]:53"),
            ("[2001:db8::1]", "[2001:db8::1]:53"),
            ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
            ("fe80::1%1", "[fe80::1%1]:53"),
            ("[fe80::1%1]", "[fe80::1%1]:53"),
            ("[fe80::1%1]:5353", "[fe80::1%1]:5353"),
        ] {
            assert_eq!(resolver(typed), Ok(read.parse().unwrap()), "{typed}");
        }
        for typed in [
            "",
            "dns.example",
            "192.0.2.1:0",
            "192.0.2.1:",
            "[192.0.2.1]",
            "192.0.2.300",
            "1:2",
            "fe80::1%",
            "fe80::1%no-such-network",
            "dns.example%1",
            "[fe80::1%1]:",
        ] {
            assert!(resolver(typed).is_err(), "{typed}");
        }
    }

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        globals: GlobalArguments,
        words: Vec<String>,
    }

    #[test]
    fn doh_takes_a_url_and_never_a_domain() {
        use clap::Parser;
        let url = "https://dns.example/dns-query";
        for (typed, urls, words) in [
            (&["--doh", "example.com"][..], Some(0), 1),
            (&["example.com", "--doh"], Some(0), 1),
            (
                &["--doh=https://dns.example/dns-query", "example.com"],
                Some(1),
                1,
            ),
            (
                &[
                    "--doh=https://dns.example/dns-query",
                    "--doh=https://192.0.2.1/q",
                ],
                Some(2),
                0,
            ),
            (&["example.com"], None, 1),
        ] {
            let line = Line::try_parse_from(["nobounce"].iter().chain(typed)).unwrap();
            assert_eq!(line.words.len(), words, "{typed:?}");
            let globals = Globals::new(line.globals, None);
            let choice = globals.over_https;
            assert_eq!(
                choice.as_ref().map(|choice| choice.urls.len()),
                urls,
                "{typed:?}"
            );
            let named = choice.and_then(|choice| choice.urls.first().cloned());
            assert!(named.is_none_or(|named| named == url.parse().unwrap()));
        }
        for typed in [
            &["--doh=example.com"][..],
            &["--doh=http://dns.example/q"],
            &["--doh", "--resolver", "192.0.2.1"],
            &["--doh-ca", "ca.pem"],
        ] {
            assert!(
                Line::try_parse_from(["nobounce"].iter().chain(typed)).is_err(),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn timeouts_are_positive_and_bounded() {
        assert_eq!(timeout("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(timeout("5"), Ok(Duration::from_secs(5)));
        for typed in ["0", "-1", "NaN", "inf", "601", "five", ""] {
            assert!(timeout(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn no_color_is_honored_unless_color_is_asked_for() {
        assert!(Color::Auto.holds(true, false));
        assert!(!Color::Auto.holds(true, true));
        assert!(!Color::Auto.holds(false, false));
        assert!(Color::Always.holds(false, true));
        assert!(!Color::Never.holds(true, false));
    }
}
