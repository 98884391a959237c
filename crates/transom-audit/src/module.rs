//! One module of a project: what it imports and exports, and what each name of its top level stands for.

use std::collections::HashMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, ImportDeclarationSpecifier,
    ModuleExportName, Program, Statement, VariableDeclaration,
};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan, SourceType};

use crate::facts::{Facts, Scan};
use crate::secrets::Secrets;
use crate::value::Value;

/// Where an imported name comes from.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) specifier: String,
    /// The exported name; `None` for the whole namespace.
    pub(crate) name: Option<String>,
}

/// What an exported name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Export {
    /// A name of this module.
    Local(String),
    /// A name of another one.
    From(Import),
}

/// What a name of the top level stands for.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) value: Value,
    pub(crate) facts: Facts,
    /// Line of its declaration, from 1 on.
    pub(crate) line: usize,
}

/// A module.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) imports: HashMap<String, Import>,
    pub(crate) exports: HashMap<String, Export>,
    /// Modules of `export * from`.
    pub(crate) stars: Vec<String>,
    pub(crate) items: HashMap<String, Item>,
}

/// The name of a default export that has none.
const DEFAULT: &str = "*default*";

impl Module {
    /// Reads a module. What cannot be parsed is empty: the bundler says what is wrong with it.
    pub(crate) fn parse(text: &str, file_name: &str, secrets: &[String]) -> Self {
        let allocator = Allocator::default();
        let kind = SourceType::from_path(file_name).unwrap_or_default();
        let parsed = Parser::new(&allocator, text, kind).parse();
        if parsed.panicked {
            return Self::default();
        }
        let scoping = SemanticBuilder::new().build(&parsed.program).semantic.into_scoping();
        let mut module = Self::default();
        module.read_imports(&parsed.program);
        let imports = std::mem::take(&mut module.imports);
        let found = Secrets::find(&parsed.program, &scoping, &imports, secrets);
        let reader = Reader { text, scoping: &scoping, imports: &imports, secrets: &found };
        for statement in &parsed.program.body {
            reader.read(statement, &mut module);
        }
        module.imports = imports;
        module
    }

    fn read_imports(&mut self, program: &Program<'_>) {
        for statement in &program.body {
            let Statement::ImportDeclaration(import) = statement else { continue };
            for specifier in import.specifiers.iter().flatten() {
                let name = match specifier {
                    ImportDeclarationSpecifier::ImportSpecifier(named) => {
                        Some(named.imported.name().to_string())
                    }
                    ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => {
                        Some("default".to_owned())
                    }
                    ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
                };
                let source = import.source.value.to_string();
                self.imports
                    .insert(specifier.local().name.to_string(), Import { specifier: source, name });
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    scoping: &'a Scoping,
    imports: &'a HashMap<String, Import>,
    secrets: &'a Secrets,
}

impl Reader<'_> {
    fn read(&self, statement: &Statement<'_>, module: &mut Module) {
        match statement {
            Statement::ExportNamedDeclaration(export) => {
                if let Some(declaration) = &export.declaration {
                    for name in self.declare(declaration, module) {
                        module.exports.insert(name.clone(), Export::Local(name));
                    }
                }
                for specifier in &export.specifiers {
                    let (local, exported) =
                        (name_of(&specifier.local), name_of(&specifier.exported));
                    let to = match &export.source {
                        Some(source) => Export::From(Import {
                            specifier: source.value.to_string(),
                            name: Some(local),
                        }),
                        None => Export::Local(local),
                    };
                    module.exports.insert(exported, to);
                }
            }
            Statement::ExportAllDeclaration(all) => {
                let specifier = all.source.value.to_string();
                match &all.exported {
                    Some(name) => {
                        let import = Import { specifier, name: None };
                        module.exports.insert(name_of(name), Export::From(import));
                    }
                    None => module.stars.push(specifier),
                }
            }
            Statement::ExportDefaultDeclaration(export) => {
                let mut scan = self.scan();
                let value = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                        scan.function(function);
                        Value::Other
                    }
                    other => other.as_expression().map_or(Value::Other, |expression| {
                        scan.expression(expression);
                        Value::of(expression)
                    }),
                };
                let line = self.line(export.span.start);
                let item = Item { value, facts: scan.done(), line };
                module.items.insert(DEFAULT.to_owned(), item);
                module.exports.insert("default".to_owned(), Export::Local(DEFAULT.to_owned()));
            }
            Statement::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    let mut scan = self.scan();
                    scan.function(function);
                    self.add(
                        id.name.as_str(),
                        Value::Other,
                        scan.done(),
                        function.span.start,
                        module,
                    );
                }
            }
            Statement::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    let mut scan = self.scan();
                    scan.class(class);
                    self.add(id.name.as_str(), Value::Other, scan.done(), class.span.start, module);
                }
            }
            Statement::VariableDeclaration(declaration) => {
                self.variables(declaration, module);
            }
            _ => {}
        }
    }

    /// Adds what an exported declaration declares and returns its names.
    fn declare(&self, declaration: &Declaration<'_>, module: &mut Module) -> Vec<String> {
        match declaration {
            Declaration::VariableDeclaration(variables) => self.variables(variables, module),
            Declaration::FunctionDeclaration(function) => {
                let mut scan = self.scan();
                scan.function(function);
                let Some(id) = &function.id else { return Vec::new() };
                self.add(id.name.as_str(), Value::Other, scan.done(), function.span.start, module);
                vec![id.name.to_string()]
            }
            Declaration::ClassDeclaration(class) => {
                let mut scan = self.scan();
                scan.class(class);
                let Some(id) = &class.id else { return Vec::new() };
                self.add(id.name.as_str(), Value::Other, scan.done(), class.span.start, module);
                vec![id.name.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn variables(&self, declaration: &VariableDeclaration<'_>, module: &mut Module) -> Vec<String> {
        let mut names = Vec::new();
        for declarator in &declaration.declarations {
            let mut scan = self.scan();
            scan.declarator(declarator);
            let facts = scan.done();
            let value = declarator.init.as_ref().map_or(Value::Other, Value::of);
            let is_plain = matches!(declarator.id, BindingPattern::BindingIdentifier(_));
            for name in declarator.id.get_binding_identifiers() {
                let value = if is_plain { value.clone() } else { Value::Other };
                let start = declarator.span().start;
                self.add(name.name.as_str(), value, facts.clone(), start, module);
                names.push(name.name.to_string());
            }
        }
        names
    }

    fn add(&self, name: &str, value: Value, facts: Facts, start: u32, module: &mut Module) {
        module.items.insert(name.to_owned(), Item { value, facts, line: self.line(start) });
    }

    fn scan(&self) -> Scan<'_> {
        Scan::new(self.text, self.scoping, self.imports, self.secrets)
    }

    fn line(&self, start: u32) -> usize {
        line_of(self.text, start)
    }
}

/// The line of an offset, from 1 on.
pub(crate) fn line_of(text: &str, start: u32) -> usize {
    let before = text.as_bytes().iter().take(start as usize);
    1 + before.filter(|byte| **byte == b'\n').count()
}

fn name_of(name: &ModuleExportName<'_>) -> String {
    name.name().to_string()
}
