//! `BroadcastChannel` between the worker threads of a server.

use std::collections::HashSet;

use serde_json::Value;
use transom_testkit::{Project, Request, Server};

/// `?do=listen` waits for a message and answers with it and with the name of its thread; `?do=send` sends one.
const PAGE: &str = r"
const thread = crypto.randomUUID();
let listening = 0;

const listen = (name) => new Promise((resolve) => {
  const channel = new BroadcastChannel(name);
  listening++;
  channel.onmessage = async ({ data }) => {
    channel.close();
    const file = await data.file.text();
    resolve({ thread, data: data.text, map: data.map.get('key'), same: data.self === data, file });
  };
  channel.onmessageerror = () => resolve({ thread, failed: true });
});

const send = (name) => {
  const channel = new BroadcastChannel(name);
  const data = { text: 'to all', map: new Map([['key', 1n === 1n]]), file: new File(['content'], 'name') };
  data.self = data;
  channel.postMessage(data);
  channel.close();
};

export const GET = async ({ url }) => {
  const name = url.searchParams.get('name');
  switch (url.searchParams.get('do')) {
    case 'listen':
      return Response.json(await listen(name));
    case 'send':
      send(name);
      return Response.json({ thread });
    default:
      return Response.json({ thread, listening });
  }
};
";

fn serve() -> Server {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/channel.js", PAGE)
        .env("TRANSOM_WORKERS", "2")
        .build_and_serve()
}

/// Waits until so many channels of both threads wait, by asking over ever new connections.
fn wait_for_listeners(server: &Server, wanted: u64) -> usize {
    let mut by_thread = std::collections::HashMap::new();
    loop {
        let reply = server.get("/channel").json();
        let thread = reply["thread"].as_str().expect("a name").to_owned();
        by_thread.insert(thread, reply["listening"].as_u64().expect("a count"));
        if by_thread.values().sum::<u64>() == wanted {
            return by_thread.values().filter(|count| **count > 0).count();
        }
    }
}

#[test]
fn a_message_reaches_the_channels_of_all_threads() {
    let server = serve();
    // The kernel deals connections out to the threads; enough of them reach both.
    let mut waiting = Vec::new();
    loop {
        let mut connection = server.connect();
        let request = Request::get("/channel?do=listen&name=news").to_bytes(connection.host());
        connection.send(request).expect("the request is sent");
        waiting.push(connection);
        if wait_for_listeners(&server, waiting.len() as u64) == 2 {
            break;
        }
        assert!(waiting.len() < 200, "only one thread gets connections");
    }
    let mut other = server.connect();
    let request = Request::get("/channel?do=listen&name=other").to_bytes(other.host());
    other.send(request).expect("the request is sent");
    wait_for_listeners(&server, waiting.len() as u64 + 1);

    let _ = server.get("/channel?do=send&name=news");
    let mut threads = HashSet::new();
    for connection in &mut waiting {
        let reply: Value = connection.reply().json();
        assert_eq!(reply["data"], "to all", "{reply}");
        assert_eq!((&reply["map"], &reply["same"]), (&Value::Bool(true), &Value::Bool(true)));
        assert_eq!(reply["file"], "content");
        threads.insert(reply["thread"].as_str().expect("a name").to_owned());
    }
    assert_eq!(threads.len(), 2);
    let _ = server.get("/channel?do=send&name=other");
    assert_eq!(other.reply().json()["data"], "to all");
}
