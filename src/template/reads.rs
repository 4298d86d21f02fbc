//! What a template or expression reads, compares and imports, as its syntax tree has it.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::machinery::ast::{BinOpKind, Call, CallArg, Expr, Macro, Stmt};
use minijinja::machinery::{Span, parse, parse_expr};

use crate::template::engine;

/// Filters whose first argument, or whose `attribute`, names a field of the items.
const BY_FIELD: [&str; 8] = ["selectattr", "rejectattr", "map", "groupby", "unique", "sort", "min", "max"];

/// What is in a text.
#[derive(Default)]
pub struct Reads {
    /// Names with their fields, in the order of the text.
    pub names: Vec<Read>,
    pub compared: Vec<Compared>,
    pub imports: Vec<Import>,
}

/// A name that is read, such as `provided.cloud.registry`.
pub struct Read {
    pub name: String,
    /// The names that the conditions around it read.
    pub conditions: Arc<BTreeSet<String>>,
}

/// A value that decides something by what it is, or that another name is given to.
pub struct Compared {
    /// The name or field, such as `language` of `service.language`.
    pub key: String,
    /// The place in the text.
    pub code: String,
}

/// A macro that is imported.
pub struct Import {
    /// From what, such as `provided.cloud.macros`.
    pub from: String,
    pub name: String,
}

impl Reads {
    /// Those of a template. Nothing where it does not parse.
    pub fn of_template(text: &str) -> Self {
        let tree = engine::syntax().and_then(|syntax| parse(text, "<string>", syntax));
        let mut walk = Walk::new(text);
        if let Ok(tree) = &tree {
            walk.statement(tree);
        }
        walk.found
    }

    /// Those of an expression. Nothing where it does not parse.
    pub fn of_expression(text: &str) -> Self {
        let mut walk = Walk::new(text);
        if let Ok(tree) = &parse_expr(text) {
            walk.expression(tree);
        }
        walk.found
    }
}

struct Walk<'t> {
    text: &'t str,
    found: Reads,
    conditions: Arc<BTreeSet<String>>,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, found: Reads::default(), conditions: Arc::default() }
    }

    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(print) => self.expression(&print.expr),
            Stmt::ForLoop(each) => {
                self.expression(&each.iter);
                self.under(each.filter_expr.as_ref(), |walk| walk.statements(&each.body));
                self.statements(&each.else_body);
            }
            Stmt::IfCond(branch) => self.under(Some(&branch.expr), |walk| {
                walk.statements(&branch.true_body);
                walk.statements(&branch.false_body);
            }),
            Stmt::WithBlock(with) => {
                for (_, value) in &with.assignments {
                    self.assigned(value);
                }
                self.statements(&with.body);
            }
            Stmt::Set(set) => self.assigned(&set.expr),
            Stmt::SetBlock(set) => {
                set.filter.iter().for_each(|filter| self.expression(filter));
                self.statements(&set.body);
            }
            Stmt::AutoEscape(block) => self.statements(&block.body),
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.statements(&block.body);
            }
            Stmt::Block(block) => self.statements(&block.body),
            Stmt::Import(import) => self.expression(&import.expr),
            Stmt::FromImport(import) => {
                self.expression(&import.expr);
                let from = dotted(&import.expr).unwrap_or_default();
                let names = import.names.iter().filter_map(|(name, _)| dotted(name));
                self.found.imports.extend(names.map(|name| Import { from: from.clone(), name }));
            }
            Stmt::Extends(extends) => self.expression(&extends.name),
            Stmt::Include(include) => self.expression(&include.name),
            Stmt::Macro(one) => self.of_macro(one),
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                self.of_macro(&block.macro_decl);
            }
            Stmt::Do(call) => self.call(&call.call),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
        }
    }

    fn of_macro(&mut self, one: &Macro<'_>) {
        one.defaults.iter().for_each(|default| self.expression(default));
        self.statements(&one.body);
    }

    fn call(&mut self, call: &Call<'_>) {
        self.expression(&call.expr);
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        arguments.iter().for_each(|argument| self.expression(value(argument)));
    }

    /// What is looked at only when a condition was.
    fn under(&mut self, condition: Option<&Expr<'_>>, look: impl FnOnce(&mut Self)) {
        let Some(condition) = condition else { return look(self) };
        let before = self.found.names.len();
        self.expression(condition);
        let outside = Arc::clone(&self.conditions);
        let read = self.found.names.iter().skip(before).map(|read| read.name.clone());
        self.conditions = Arc::new(outside.iter().cloned().chain(read).collect());
        look(self);
        self.conditions = outside;
    }

    fn assigned(&mut self, value: &Expr<'_>) {
        self.compares(value, value.span());
        self.expression(value);
    }

    /// That the value of a name or field decides something.
    fn compares(&mut self, value: &Expr<'_>, span: Span) {
        if let Some(key) = field(value) {
            let code = self.text.get(span.start_offset as usize..span.end_offset as usize);
            let code = code.and_then(|code| code.lines().next()).unwrap_or(&key).trim();
            // the span of a condition begins with its tag
            let code = ["if ", "elif "].into_iter().find_map(|word| code.strip_prefix(word)).unwrap_or(code);
            self.found.compared.push(Compared { code: code.into(), key });
        }
    }

    fn reads(&mut self, name: String) {
        self.found.names.push(Read { name, conditions: Arc::clone(&self.conditions) });
    }

    fn expression(&mut self, expression: &Expr<'_>) {
        if let Some(name) = dotted(expression) {
            return self.reads(name);
        }
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(slice) => {
                let ends = [&slice.start, &slice.stop, &slice.step];
                self.expression(&slice.expr);
                ends.into_iter().flatten().for_each(|end| self.expression(end));
            }
            Expr::UnaryOp(op) => self.expression(&op.expr),
            Expr::BinOp(op) => match op.op {
                BinOpKind::ScAnd | BinOpKind::ScOr => self.under(Some(&op.left), |walk| walk.expression(&op.right)),
                BinOpKind::Eq | BinOpKind::Ne | BinOpKind::In => {
                    for side in [&op.left, &op.right] {
                        self.compares(side, expression.span());
                        self.expression(side);
                    }
                }
                _ => [&op.left, &op.right].into_iter().for_each(|side| self.expression(side)),
            },
            Expr::Compare(compare) => {
                for side in std::iter::once(&compare.expr).chain(compare.ops.iter().map(|op| &op.expr)) {
                    self.compares(side, expression.span());
                    self.expression(side);
                }
            }
            Expr::IfExpr(branch) => self.under(Some(&branch.test_expr), |walk| {
                walk.expression(&branch.true_expr);
                branch.false_expr.iter().for_each(|other| walk.expression(other));
            }),
            Expr::Filter(filter) => {
                filter.expr.iter().for_each(|of| self.expression(of));
                if BY_FIELD.contains(&filter.name) {
                    self.by_field(&filter.args, expression.span());
                }
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                self.compares(&test.expr, expression.span());
                self.expression(&test.expr);
                self.arguments(&test.args);
            }
            Expr::GetAttr(get) => self.expression(&get.expr),
            Expr::GetItem(get) => {
                self.compares(&get.subscript_expr, expression.span());
                self.expression(&get.expr);
                self.expression(&get.subscript_expr);
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => list.items.iter().for_each(|item| self.expression(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expression(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|item| self.expression(item)),
        }
    }

    /// The field of `selectattr("a.b", ...)` is read and decides.
    fn by_field(&mut self, arguments: &[CallArg<'_>], span: Span) {
        let named = arguments.iter().find(|argument| matches!(argument, CallArg::Kwarg("attribute", _)));
        let first = arguments.first().filter(|argument| matches!(argument, CallArg::Pos(_)));
        let Some(Expr::Const(name)) = named.or(first).map(value) else { return };
        let Some(name) = name.value.as_str() else { return };
        let code = self.text.get(span.start_offset as usize..span.end_offset as usize).unwrap_or(name);
        let key = name.rsplit('.').next().unwrap_or(name).to_owned();
        self.found.compared.push(Compared { key, code: code.trim().into() });
        self.reads(name.to_owned());
    }
}

fn value<'a, 's>(argument: &'a CallArg<'s>) -> &'a Expr<'s> {
    match argument {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => value,
    }
}

/// `a.b.c`, also where it is written `a["b"].c`.
fn dotted(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(name) => Some(name.id.to_owned()),
        Expr::GetAttr(get) => Some(format!("{}.{}", dotted(&get.expr)?, get.name)),
        Expr::GetItem(get) => match &get.subscript_expr {
            Expr::Const(name) => Some(format!("{}.{}", dotted(&get.expr)?, name.value.as_str()?)),
            _ => None,
        },
        _ => None,
    }
}

/// The last part of a name, whatever it is a field of and whichever filters it goes through.
fn field(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(name) => Some(name.id.to_owned()),
        Expr::GetAttr(get) => Some(get.name.to_owned()),
        Expr::GetItem(get) => match &get.subscript_expr {
            Expr::Const(name) => name.value.as_str().map(str::to_owned),
            _ => None,
        },
        Expr::Filter(filter) => filter.expr.as_ref().and_then(field),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Reads;

    fn names(reads: &Reads) -> Vec<&str> {
        reads.names.iter().map(|read| read.name.as_str()).collect()
    }

    #[test]
    fn names_are_read_however_they_are_written() {
        let found = Reads::of_template(
            r#"<%# provided.cloud.a %><% if x %><%= provided["cloud"].b | yaml %><% else %><%= "c.d" ~ c %><% endif %>"#,
        );
        assert_eq!(names(&found), ["x", "provided.cloud.b", "c"]);
        let found = Reads::of_expression(r#"services | selectattr("provided.language.ecosystem", "eq", npm) | list"#);
        assert_eq!(names(&found), ["services", "provided.language.ecosystem", "npm"]);
    }

    #[test]
    fn conditions_stand_around_what_is_read() {
        let guarded = |reads: Reads, name: &str| {
            let read = reads.names.into_iter().find(|read| read.name == name).unwrap();
            read.conditions.contains("cloud")
        };
        for text in [
            "<% if cloud %><%= fact %><% endif %>",
            "<% if not cloud %>none<% else %><%= fact %><% endif %>",
            "<%= fact if cloud else 1 %>",
            "<% for s in list if cloud %><%= fact %><% endfor %>",
        ] {
            assert!(guarded(Reads::of_template(text), "fact"), "{text}");
        }
        assert!(guarded(Reads::of_expression("cloud and fact"), "fact"));
        for text in ["<%= cloud %><%= fact %>", "<% if cloud %>x<% endif %><%= fact %>", "<%# if cloud %><%= fact %>"] {
            assert!(!guarded(Reads::of_template(text), "fact"), "{text}");
        }
    }

    #[test]
    fn what_a_value_decides() {
        let compares = |reads: Reads| reads.compared.iter().any(|compared| compared.key == "language");
        for code in [
            r#"language == "go""#,
            r#""go" == service["language"]"#,
            r#"service.language | lower != "go""#,
            r#"service.language in ["go"]"#,
            r#"service.language is startingwith "g""#,
            r#"{"go": 1}[service.language]"#,
            r#"services | rejectattr('language', 'eq', 'go')"#,
            r#"services | groupby("language")"#,
            r#"services | map(attribute="language") | list"#,
        ] {
            assert!(compares(Reads::of_expression(code)), "{code}");
        }
        assert!(compares(Reads::of_template("<% set l = service.language %>")));
        for code in [
            "service.language",
            "\"language \" ~ service.language",
            "service.name == \"language == go\"",
            r#"services | selectattr("provided.language.serves_files")"#,
            "provided.language.ecosystem == \"npm\"",
        ] {
            assert!(!compares(Reads::of_expression(code)), "{code}");
        }
    }

    #[test]
    fn imports() {
        let found = Reads::of_template("<% from provided.cloud.macros import login, leave as go %>");
        let imports: Vec<_> = found.imports.iter().map(|i| (i.from.as_str(), i.name.as_str())).collect();
        assert_eq!(imports, [("provided.cloud.macros", "login"), ("provided.cloud.macros", "leave")]);
    }
}
