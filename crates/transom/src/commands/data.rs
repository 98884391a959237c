//! `transom data`: collections looked at, brought in and out, beside a server that runs or without one.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::Path;

use serde_json::{Value, json};
use transom_data::{
    Call, Caller, DataError, DataService, Format, ImportOptions, OnConflict, OnReject, Summary,
    TransferError,
};
use transom_diag::Diagnostic;
use transom_store::{Location, PostgresUrl, Store};

use super::new_file::NewFile;
use super::state::Use;
use crate::args::{
    DataAction, DataArgs, ExportArgs, FormatArg, ImportArgs, OnRejectArg, QueryArgs, StateArgs,
};
use crate::printer::Printer;
use crate::project::prepare_state_folder;
use crate::report::Report;
use crate::settings::Settings;

/// Does what was asked.
///
/// # Errors
/// A [`Report`] when a setting is wrong, the store cannot be used, or the service refuses.
pub(crate) fn run(args: &DataArgs, printer: Printer) -> Result<(), Report> {
    match &args.action {
        DataAction::List { json, state } => list(&open(state, Use::Look)?.0, *json, printer),
        DataAction::Describe { collection, state } => {
            let service = open(state, Use::Look)?.0;
            let described = wait(service.describe(collection))?.map_err(|error| refused(&error))?;
            printer.data(format_args!("{described:#}"));
            Ok(())
        }
        DataAction::Get { collection, item, state } => {
            get(&open(state, Use::Look)?.0, collection, item, printer)
        }
        DataAction::Query(args) => query(args, printer),
        DataAction::Import(args) => import(args, printer),
        DataAction::Export(args) => export(args, printer),
        DataAction::Backup { file, state } => {
            let service = open(state, Use::Look)?.0;
            let Some(summary) = write_to(file, |out| service.backup(out))? else { return Ok(()) };
            tell(&summary, "backed up", printer);
            Ok(())
        }
        DataAction::Restore { file, replace, state } => restore(file, *replace, state, printer),
        DataAction::DropIndexes { state } => {
            let service = open(state, Use::Change)?.0;
            let dropped = service.drop_undeclared_indexes().map_err(|error| refused(&error))?;
            dropped.iter().for_each(|name| printer.status(format_args!("dropped {name}")));
            printer.status(format_args!("indexes dropped: {}", dropped.len()));
            Ok(())
        }
        DataAction::Migrate { to, state } => migrate(to, state, printer),
    }
}

/// The data service of a project, and its settings.
fn open(args: &StateArgs, purpose: Use) -> Result<(DataService, Settings), Report> {
    let settings = super::state::settings(args, purpose)?;
    let service = open_at(&settings.services.location(&settings.data), &settings)?;
    Ok((service, settings))
}

fn open_at(location: &Location, settings: &Settings) -> Result<DataService, Report> {
    let store = Store::open(location, &settings.services.store_options(), &[])
        .map_err(|error| Report::one("", Diagnostic::error("store/unusable", error)))?;
    DataService::open(store, settings.collections.clone()).map_err(|error| refused(&error))
}

fn wait<T>(work: impl Future<Output = T>) -> Result<T, Report> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(Report::internal)?;
    Ok(runtime.block_on(work))
}

fn refused(error: &DataError) -> Report {
    Report::one("", Diagnostic::error("data/refused", error))
}

fn failed(error: &TransferError) -> Report {
    let code = match error {
        TransferError::File(_) => "data/file",
        _ => "data/refused",
    };
    Report::one("", Diagnostic::error(code, error))
}

fn list(service: &DataService, as_json: bool, printer: Printer) -> Result<(), Report> {
    let list = wait(service.collections())?.map_err(|error| refused(&error))?;
    if as_json {
        let collection = |overview: &transom_data::Overview| json!({ "id": overview.id, "items": overview.items, "declared": overview.declared });
        let list: Value = list.iter().map(collection).collect();
        printer.data(format_args!("{list:#}"));
        return Ok(());
    }
    let width = list.iter().map(|overview| overview.id.chars().count()).max().unwrap_or(0);
    for overview in &list {
        let note = if overview.declared { "" } else { "  not declared" };
        printer.data(format_args!("{:width$}  {:>10}{note}", overview.id, overview.items));
    }
    Ok(())
}

/// Calls the service as the project itself, which may do everything.
fn call(service: &DataService, path: &str, body: &Value) -> Result<Value, Report> {
    let body = body.to_string();
    let call = Call { method: "POST", path, query: None, body: body.as_bytes() };
    let answer = wait(service.answer(&Caller::App, call))?;
    let json: Value = serde_json::from_str(&answer.body).map_err(Report::internal)?;
    if answer.status == 200 {
        return Ok(json);
    }
    let message = json["message"].as_str().unwrap_or("the service refuses").to_owned();
    Err(Report::one("", Diagnostic::error("data/refused", message)))
}

fn get(
    service: &DataService,
    collection: &str,
    item: &str,
    printer: Printer,
) -> Result<(), Report> {
    let query = json!({ "filter": { "_id": item }, "paging": { "limit": 1 } });
    let found =
        call(service, "/items/query", &json!({ "dataCollectionId": collection, "query": query }))?;
    let Some(item_found) = found["dataItems"].get(0) else {
        let message = format!("the collection `{collection}` has no item `{item}`");
        return Err(Report::one("", Diagnostic::error("data/no-item", message)));
    };
    printer.data(format_args!("{:#}", item_found["data"]));
    Ok(())
}

fn query(args: &QueryArgs, printer: Printer) -> Result<(), Report> {
    let service = open(&args.state, Use::Look)?.0;
    let order = |field: &String| match field.strip_prefix('-') {
        Some(name) => json!({ "fieldName": name, "order": "DESC" }),
        None => json!({ "fieldName": field, "order": "ASC" }),
    };
    let query = json!({
        "filter": filter(args.filter.as_deref())?,
        "sort": args.sort.iter().map(order).collect::<Value>(),
        "paging": { "limit": args.limit, "offset": args.skip },
    });
    if args.explain {
        let lines =
            wait(service.explain(&args.collection, &query))?.map_err(|error| refused(&error))?;
        lines.iter().for_each(|line| printer.data(line));
        return Ok(());
    }
    let body = json!({ "dataCollectionId": args.collection, "query": query });
    let found = call(&service, "/items/query", &body)?;
    for item in found["dataItems"].as_array().into_iter().flatten() {
        printer.data(&item["data"]);
    }
    Ok(())
}

fn filter(text: Option<&str>) -> Result<Value, Report> {
    let Some(text) = text else { return Ok(Value::Null) };
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the filter is no JSON: {error}");
        Report::one("", Diagnostic::error("data/no-filter", message))
    })
}

fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}

fn format_of(given: Option<FormatArg>, file: &Path) -> Format {
    let is_csv = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    match given {
        Some(FormatArg::Csv) => Format::Csv,
        Some(FormatArg::Jsonl) => Format::JsonLines,
        None if is_csv => Format::Csv,
        None => Format::JsonLines,
    }
}

fn import(args: &ImportArgs, printer: Printer) -> Result<(), Report> {
    let service = open(&args.state, Use::Change)?.0;
    let path = std::path::absolute(&args.file).unwrap_or_else(|_| args.file.clone());
    let options = ImportOptions {
        format: format_of(args.format, &args.file),
        conflict: if args.replace { OnConflict::Replace } else { OnConflict::Refuse },
        reject: match args.on_reject {
            OnRejectArg::Stop => OnReject::Stop,
            OnRejectArg::Skip => OnReject::Skip,
        },
        mark: format!("{}\n{}", args.collection, path.display()),
        resume: args.resume,
    };
    let file: Box<dyn Read> = if is_standard(&args.file) {
        Box::new(io::stdin())
    } else {
        let file =
            File::open(&args.file).map_err(|error| Report::io("read", &args.file, &error))?;
        Box::new(file)
    };
    let mut told = 0;
    let imported = service
        .import(
            &args.collection,
            BufReader::with_capacity(1 << 16, file),
            &options,
            |reject| {
                printer.status(format_args!("line {} is left out: {}", reject.line, reject.reason))
            },
            |imported| {
                if imported.items / 50_000 > told {
                    told = imported.items / 50_000;
                    printer.status(format_args!("{} items", imported.items));
                }
            },
        )
        .map_err(|error| failed(&error))?;
    let left_out = match imported.rejected {
        0 => String::new(),
        count => format!(", {count} lines left out"),
    };
    let after = match imported.resumed_after {
        0 => String::new(),
        line => format!(" behind line {line}"),
    };
    printer.status(format_args!("imported {} items{after}{left_out}", imported.items));
    Ok(())
}

fn export(args: &ExportArgs, printer: Printer) -> Result<(), Report> {
    let service = open(&args.state, Use::Look)?.0;
    let filter = filter(args.filter.as_deref())?;
    let format = format_of(args.format, &args.file);
    let count = write_to(&args.file, |out| {
        service.export(&args.collection, Some(&filter), format, out, |count| {
            printer.detail(format_args!("{count} items"));
        })
    })?;
    if let Some(count) = count {
        printer.status(format_args!("exported {count} items"));
    }
    Ok(())
}

/// Writes a file that is not there yet, for its owner alone; it is there when it is whole, and not before. Nothing is
/// answered when whoever reads the standard output has seen enough.
fn write_to<T>(
    file: &Path,
    work: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, TransferError>,
) -> Result<Option<T>, Report> {
    if is_standard(file) {
        return match written(io::stdout(), work) {
            Ok((done, _)) => Ok(Some(done)),
            Err(TransferError::File(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(None),
            Err(error) => Err(failed(&error)),
        };
    }
    let refused = |error: io::Error| Report::io("write", file, &error);
    let begun = NewFile::begin(file).map_err(refused)?;
    let (done, begun) = written(begun, work).map_err(|error| match error {
        TransferError::File(error) => refused(error),
        error => failed(&error),
    })?;
    begun.finish().map_err(refused)?;
    Ok(Some(done))
}

fn written<T, W: Write + Send>(
    out: W,
    work: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, TransferError>,
) -> Result<(T, W), TransferError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let done = match work(&mut out) {
        Ok(done) => done,
        Err(error) => {
            drop(out.into_parts()); // What is left in it goes nowhere.
            return Err(error);
        }
    };
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((done, out))
}

/// Reads a backup from a file, or from the standard input, which is kept in a nameless file: it is read twice.
fn restore(file: &Path, replace: bool, state: &StateArgs, printer: Printer) -> Result<(), Report> {
    let unreadable = |error: io::Error| {
        if is_standard(file) {
            let message = format!("cannot read a backup from the standard input: {error}");
            return Report::one("", Diagnostic::error("data/file", message));
        }
        Report::io("read", file, &error)
    };
    let opened = match is_standard(file) {
        true => None,
        false => Some(File::open(file).map_err(unreadable)?),
    };
    let (service, settings) = open(state, Use::Change)?;
    let mut source = match opened {
        Some(file) => file,
        None => kept(&mut io::stdin().lock(), &settings.data).map_err(unreadable)?,
    };
    let conflict = if replace { OnConflict::Replace } else { OnConflict::Refuse };
    let again = || {
        source.rewind()?;
        source.try_clone()
    };
    let summary = service.restore(again, conflict).map_err(|error| match error {
        TransferError::File(error) => unreadable(error),
        error => failed(&error),
    })?;
    tell(&summary, "restored", printer);
    Ok(())
}

fn tell(summary: &Summary, done: &str, printer: Printer) {
    for (id, totals) in summary {
        printer.status(format_args!(
            "{done} {id}: {} items, {} references, hash {:016x}",
            totals.items, totals.references, totals.hash
        ));
    }
}

fn migrate(to: &str, state: &StateArgs, printer: Printer) -> Result<(), Report> {
    let target = target(to)?;
    let (service, settings) = open(state, Use::Look)?;
    if let Location::Sqlite { .. } = target {
        prepare_state_folder(Path::new(to))?;
    }
    let other = open_at(&target, &settings)?;
    let summary = service
        .migrate_to(&other, |count| printer.detail(format_args!("{count} items")))
        .map_err(|error| failed(&error))?;
    tell(&summary, "copied and compared", printer);
    printer.status(format_args!("the copy is in {target}"));
    Ok(())
}

/// What can be read only once, in a nameless file.
fn kept(input: &mut impl Read, folder: &Path) -> io::Result<File> {
    let mut file = tempfile::tempfile_in(folder)?;
    io::copy(input, &mut file)?;
    Ok(file)
}

/// The store that a migration leads to.
fn target(to: &str) -> Result<Location, Report> {
    if to.contains("://") {
        let url = PostgresUrl::parse(to)
            .map_err(|error| Report::one("", Diagnostic::error("store/unusable", error)))?;
        return Ok(Location::Postgres(Box::new(url)));
    }
    // A folder may have a colon in its name, but then it can be written with its place before it.
    if let Some((scheme, _)) = to.split_once(':')
        && !scheme.contains(['/', '.'])
    {
        let message = format!("`{scheme}:` begins an address, but this one cannot be used");
        let diagnostic = Diagnostic::error("store/unusable", message)
            .hint("write an address such as `postgres://user@host/database`")
            .hint("write `./` before the name of a folder that has a colon in it");
        return Err(Report::one("", diagnostic));
    }
    Ok(Location::in_folder(Path::new(to)))
}
