//! `transom data`: collections looked at, brought in and out, beside a server that runs or without one.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use transom_data::{
    Call, Caller, DataError, DataService, Format, ImportOptions, OnConflict, OnReject, Summary,
    TransferError,
};
use transom_diag::Diagnostic;
use transom_manifest::ProjectConfig;
use transom_store::{Location, PostgresUrl, Store};

use crate::args::{
    DataAction, DataArgs, ExportArgs, FormatArg, ImportArgs, OnRejectArg, QueryArgs, ServeArgs,
    StateArgs,
};
use crate::printer::Printer;
use crate::project::{Project, prepare_state_folder};
use crate::report::Report;
use crate::settings::{Layer, Purpose, Settings};

/// Does what was asked.
///
/// # Errors
/// A [`Report`] when a setting is wrong, the store cannot be used, or the service refuses.
pub(crate) fn run(args: &DataArgs, printer: Printer) -> Result<(), Report> {
    match &args.action {
        DataAction::List { json, state } => list(&open(state)?.0, *json, printer),
        DataAction::Describe { collection, state } => {
            let service = open(state)?.0;
            let described = wait(service.describe(collection))?.map_err(|error| refused(&error))?;
            printer.data(format_args!("{described:#}"));
            Ok(())
        }
        DataAction::Get { collection, item, state } => {
            get(&open(state)?.0, collection, item, printer)
        }
        DataAction::Query(args) => query(args, printer),
        DataAction::Import(args) => import(args, printer),
        DataAction::Export(args) => export(args, printer),
        DataAction::Backup { file, state } => {
            let service = open(state)?.0;
            let summary = write_to(file, |out| service.backup(out))?;
            tell(&summary, "backed up", printer);
            Ok(())
        }
        DataAction::Restore { file, replace, state } => {
            let service = open(state)?.0;
            let conflict = if *replace { OnConflict::Replace } else { OnConflict::Refuse };
            let summary =
                service.restore(|| File::open(file), conflict).map_err(|error| failed(&error))?;
            tell(&summary, "restored", printer);
            Ok(())
        }
        DataAction::Migrate { to, state } => migrate(to, state, printer),
    }
}

/// The data service of a project, and its settings.
fn open(args: &StateArgs) -> Result<(DataService, Settings), Report> {
    let project = Project::open(&args.project)?;
    let flags = ServeArgs { layer: Layer { data: args.data.clone(), ..Layer::default() } };
    let settings = super::settings::gather(
        &flags,
        project.root(),
        &ProjectConfig::default(), // No setting of the services comes from there.
        &project.default_state(),
        Purpose::Production,
    )?;
    prepare_state_folder(&settings.data)?;
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
    let service = open(&args.state)?.0;
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
    let service = open(&args.state)?.0;
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
    let service = open(&args.state)?.0;
    let filter = filter(args.filter.as_deref())?;
    let format = format_of(args.format, &args.file);
    let count = write_to(&args.file, |out| {
        service.export(&args.collection, Some(&filter), format, out, |count| {
            printer.detail(format_args!("{count} items"));
        })
    })?;
    printer.status(format_args!("exported {count} items"));
    Ok(())
}

/// Writes a file that is not there yet, for its owner alone; nothing is left of one that is not whole.
fn write_to<T>(
    file: &Path,
    work: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, TransferError>,
) -> Result<T, Report> {
    use std::os::unix::fs::OpenOptionsExt;
    if is_standard(file) {
        return work(&mut BufWriter::new(io::stdout())).map_err(|error| failed(&error));
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let made = made.map_err(|error| Report::io("write", file, &error))?;
    let mut out = BufWriter::with_capacity(1 << 16, made);
    let done = work(&mut out).and_then(|done| {
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(done)
    });
    done.map_err(|error| {
        drop(std::fs::remove_file(file)); // What matters is why it is not whole.
        failed(&error)
    })
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
    let (service, settings) = open(state)?;
    let location = if to.contains("://") {
        let url = PostgresUrl::parse(to)
            .map_err(|error| Report::one("", Diagnostic::error("store/unusable", error)))?;
        Location::Postgres(Box::new(url))
    } else {
        prepare_state_folder(Path::new(to))?;
        Location::in_folder(Path::new(to))
    };
    let target = open_at(&location, &settings)?;
    let summary = service
        .migrate_to(&target, |count| printer.detail(format_args!("{count} items")))
        .map_err(|error| failed(&error))?;
    tell(&summary, "copied and compared", printer);
    Ok(())
}
