//! Records of the domain name system, as JSON in the shapes of Node.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use serde_json::{Value, json};
use transom_engine::OpError;

/// An error with one of the codes of c-ares.
pub(super) fn failure(code: &str) -> OpError {
    OpError::error(code).code(code)
}

fn reason(error: &NetError) -> OpError {
    failure(match error {
        NetError::Timeout => "ETIMEOUT",
        NetError::NoConnections | NetError::Io(_) => "ECONNREFUSED",
        NetError::Dns(DnsError::NoRecordsFound(found)) => match found.response_code {
            ResponseCode::NXDomain => "ENOTFOUND",
            ResponseCode::ServFail => "ESERVFAIL",
            ResponseCode::Refused => "EREFUSED",
            ResponseCode::FormErr => "EFORMERR",
            ResponseCode::NotImp => "ENOTIMP",
            _ => "ENODATA",
        },
        _ => "EBADRESP",
    })
}

/// A resolver over these servers, or over the system's.
fn resolver(servers: &[String], timeout: f64, tries: u32) -> Result<TokioResolver, OpError> {
    let provider = TokioRuntimeProvider::default();
    let mut builder = if servers.is_empty() {
        TokioResolver::builder(provider).map_err(|error| reason(&error))?
    } else {
        let list = servers.iter().map(|text| server(text)).collect::<Option<Vec<_>>>();
        let list = list.ok_or_else(|| failure("EBADSTR"))?;
        let config = ResolverConfig::from_parts(None, Vec::new(), list);
        TokioResolver::builder_with_config(config, provider)
    };
    let options = builder.options_mut();
    options.attempts = tries.max(1) as usize;
    if timeout >= 0.0 {
        options.timeout = Duration::from_secs_f64(timeout / 1000.0);
    }
    builder.build().map_err(|error| reason(&error))
}

fn server(text: &str) -> Option<NameServerConfig> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(NameServerConfig::udp_and_tcp(address));
    }
    let address: SocketAddr = text.parse().ok()?;
    let mut server = NameServerConfig::udp_and_tcp(address.ip());
    let with_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    server.connections = server.connections.into_iter().map(with_port).collect();
    Some(server)
}

/// `timeout` is in milliseconds, negative for the usual one.
pub(super) async fn resolve(
    name: &str,
    kind: &str,
    servers: &[String],
    timeout: f64,
    tries: u32,
) -> Result<String, OpError> {
    let wanted = match kind {
        "A" => RecordType::A,
        "AAAA" => RecordType::AAAA,
        "CAA" => RecordType::CAA,
        "CNAME" => RecordType::CNAME,
        "MX" => RecordType::MX,
        "NAPTR" => RecordType::NAPTR,
        "NS" => RecordType::NS,
        "PTR" => RecordType::PTR,
        "SOA" => RecordType::SOA,
        "SRV" => RecordType::SRV,
        "TLSA" => RecordType::TLSA,
        "TXT" => RecordType::TXT,
        _ => RecordType::ANY,
    };
    let resolver = resolver(servers, timeout, tries)?;
    let found = resolver.lookup(name, wanted).await.map_err(|error| reason(&error))?;
    let mut list = Vec::new();
    for record in found.answers() {
        if wanted != RecordType::ANY && record.record_type() != wanted {
            continue; // A CNAME on the way.
        }
        if let Some(value) = shape(&record.data, record.ttl, wanted == RecordType::ANY) {
            list.push(value);
        }
    }
    match (kind, list.len()) {
        (_, 0) => Err(failure("ENODATA")),
        ("SOA", _) => Ok(list.swap_remove(0).to_string()),
        _ => Ok(Value::Array(list).to_string()),
    }
}

fn text(name: &impl ToString) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

/// One record; `typed` are those that were asked for as `ANY`.
fn shape(data: &RData, ttl: u32, typed: bool) -> Option<Value> {
    let (kind, mut value) = match data {
        RData::A(address) => ("A", json!({ "address": address.0.to_string(), "ttl": ttl })),
        RData::AAAA(address) => ("AAAA", json!({ "address": address.0.to_string(), "ttl": ttl })),
        RData::CNAME(name) => ("CNAME", one(text(&name.0), typed)),
        RData::NS(name) => ("NS", one(text(&name.0), typed)),
        RData::PTR(name) => ("PTR", one(text(&name.0), typed)),
        RData::TXT(found) => {
            let parts = found.txt_data.iter();
            let parts: Vec<String> =
                parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect();
            ("TXT", if typed { json!({ "entries": parts }) } else { json!(parts) })
        }
        RData::MX(mx) => {
            ("MX", json!({ "exchange": text(&mx.exchange), "priority": mx.preference }))
        }
        RData::SRV(srv) => (
            "SRV",
            json!({
                "name": text(&srv.target), "port": srv.port,
                "priority": srv.priority, "weight": srv.weight,
            }),
        ),
        RData::SOA(soa) => (
            "SOA",
            json!({
                "nsname": text(&soa.mname), "hostmaster": text(&soa.rname), "serial": soa.serial,
                "refresh": soa.refresh, "retry": soa.retry, "expire": soa.expire,
                "minttl": soa.minimum,
            }),
        ),
        RData::NAPTR(naptr) => (
            "NAPTR",
            json!({
                "flags": String::from_utf8_lossy(&naptr.flags),
                "service": String::from_utf8_lossy(&naptr.services),
                "regexp": String::from_utf8_lossy(&naptr.regexp),
                "replacement": text(&naptr.replacement),
                "order": naptr.order, "preference": naptr.preference,
            }),
        ),
        RData::CAA(caa) => {
            let critical = if caa.issuer_critical { 128 } else { 0 };
            let value = String::from_utf8_lossy(&caa.value);
            ("CAA", json!({ "critical": critical, caa.tag.clone(): value }))
        }
        _ => return None,
    };
    if typed {
        value.as_object_mut()?.insert("type".into(), kind.into());
    }
    Some(value)
}

fn one(text: String, typed: bool) -> Value {
    if typed { json!({ "value": text }) } else { json!(text) }
}

pub(super) async fn reverse(address: IpAddr, servers: &[String]) -> Result<Vec<String>, OpError> {
    let found = resolver(servers, -1.0, 4)?
        .reverse_lookup(address)
        .await
        .map_err(|error| reason(&error))?;
    let names = found.answers().iter().filter_map(|record| match &record.data {
        RData::PTR(name) => Some(text(&name.0)),
        _ => None,
    });
    Ok(names.collect())
}

/// The servers that the system asks.
pub(super) fn system_servers() -> Vec<String> {
    let Ok((config, _)) = hickory_resolver::system_conf::read_system_conf() else {
        return Vec::new();
    };
    let mut list: Vec<String> = Vec::new();
    for server in &config.name_servers {
        let address = server.ip.to_string();
        if !list.contains(&address) {
            list.push(address);
        }
    }
    list
}
