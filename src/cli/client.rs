//! Who answers the questions of a run: the resolvers that the options name, over port 53 or over HTTPS.

use tokio::runtime::Builder;
use tokio::runtime::Runtime;

use crate::cli::Exit;
use crate::cli::domain::phrase;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::dns::Client;
use crate::dns::Config;

/// The client that the options ask for.
pub fn client(globals: &Globals) -> Result<Client, Exit> {
    let mut client = match &globals.over_https {
        Some(choice) => Client::over_https(choice)
            .map_err(|error| complain(&error.to_string(), error.remedy()))?,
        None => Client::new(
            Config::system(&globals.resolvers, globals.authoritative_port)
                .map_err(|error| complain(&error.to_string(), error.remedy()))?,
        ),
    };
    if let Some(timeout) = globals.timeout {
        client.config.timeout = timeout;
    }
    Ok(client)
}

/// What the questions run on.
pub fn runtime(builder: &mut Builder) -> Result<Runtime, Exit> {
    builder.enable_all().build().map_err(|error| {
        printer::complain(
            Exit::Unknown,
            &format!("the look could not be started: {error}"),
            "close other programs and try again",
        )
    })
}

fn complain(what: &str, remedy: &str) -> Exit {
    printer::complain(Exit::Unknown, what, &phrase(remedy))
}
