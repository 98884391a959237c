// Everything of `@wix/data` that an endpoint may use, case by case. The same file runs with the built-in module and with
// the package; what it answers is compared. Each run begins with empty collections.

import {
  collections, Expressions as E, Filter, items, PipelineBuilder, QueryBuilder, SearchBuilder, SearchParams, Sort, Stages,
} from "@wix/data";
import { auth } from "@wix/essentials";

const DAY = (day) => new Date(Date.UTC(2024, 0, day));

/** Every function, as the app. */
const app = {};
for (const name of [
  "get", "insert", "update", "save", "remove", "truncate", "patch", "bulkInsert", "bulkUpdate", "bulkSave", "bulkRemove",
  "bulkPatch", "query", "search", "aggregate", "aggregatePipeline", "isReferenced", "insertReference", "removeReference",
  "replaceReferences", "queryReferenced", "queryReferencedItems", "asyncPatchByFilter", "asyncRemoveByFilter",
  "getAsyncJobStatus", "filter",
]) app[name] = auth.elevate(items[name]);

/** Dates by their kind, times of the run by what they are, ids that were made by their form. */
function plain(value) {
  // Where in the text of a request something stands differs between the two.
  if (typeof value === "string") return value.replace(/ at line \d+ column \d+/, "");
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value === undefined ? "undefined" : value;
  const object = typeof value.toJSON === "function" ? value.toJSON() : value;
  return Object.fromEntries(Object.entries(object).map(([name, member]) => {
    if (name === "_createdDate" || name === "_updatedDate") return [name, member instanceof Date ? "a time" : plain(member)];
    if (name === "_owner") return [name, typeof member];
    if (typeof member === "string" && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(member)) return [name, "an id"];
    return [name, plain(member)];
  }));
}

const attempt = async (work) => {
  try {
    return { value: plain(await work()) };
  } catch (error) {
    const { name, message, code, details, errorGroup } = error;
    // A payload that is too large has its code beside the details with the package, and in both places without.
    const isLarge = code === "WDE0109";
    return { error: { name, message: plain(message), code, errorGroup, ...(isLarge ? {} : { details: plain(details ?? null) }) } };
  }
};

const ids = (page) => page.items.map((item) => item._id);
const found = async (query) => ids(await query.ascending("_id").find());

const PEOPLE = [
  { _id: "a", name: "Ann", age: 30, tags: ["x", "y"], born: DAY(1), city: { name: "Rome", zip: "1" }, score: 1.5 },
  { _id: "b", name: "bob", age: 25, tags: ["y"], born: DAY(2), city: { name: "Oslo" }, score: -1 },
  { _id: "c", name: "Bo", age: 35, tags: [], born: DAY(3), note: null },
  { _id: "d", name: "", age: "30", tags: ["X", "z"], flag: true },
  { _id: "e", name: "Zoë", age: 30, born: DAY(2), flag: false },
];

const people = () => app.query("people");
const name = (text) => app.filter().eq("name", text);

/** In order: later cases see what earlier ones have written. */
const cases = {
  "insert many": () => app.bulkInsert("people", PEOPLE),
  "insert them again": () => app.bulkInsert("people", [...PEOPLE, { _id: "f", name: "Fay" }]),
  "insert over them": () => app.bulkInsert("people", [{ _id: "f", name: "Fay", age: 41 }], { overrideExisting: true }),
  "remove one": () => app.remove("people", "f"),
  "remove none": () => app.remove("people", "f"),
  "get one": () => app.get("people", "a"),
  "get none": () => app.get("people", "nobody"),
  "get with a strange id": () => app.get("people", "a&b/c d é"),
  "get some fields": () => app.get("people", "a", { fields: ["name", "city.name"] }),
  "get consistently": async () => (await app.get("people", "b", { consistentRead: true, suppressAuth: true })).name,
  "get from nowhere": () => app.get("no-such-collection", "a"),
  "insert one": () => app.insert("things", { title: "One", at: DAY(5), deep: { at: [DAY(6), { at: DAY(7) }] } }),
  "insert with an id": () => app.insert("things", { _id: "t1", n: 1 }),
  "insert a duplicate": () => app.insert("things", { _id: "t1", n: 2 }),
  "what is no JSON": () => app.insert("things", {
    _id: "t2", nan: NaN, infinite: -Infinity, gone: undefined, list: [undefined, NaN, null], call() {}, map: new Map([[1, 2]]),
    set: new Set([1]), invalid: new Date(NaN), big: 2 ** 53, text: "\u{1F600}", bytes: new Uint8Array([1, 2]),
  }),
  "own members of classes": () => app.insert("things", new (class { _id = "t3"; a = 1; #b = 2; get c() { return 3; } toJSON() { return { x: 1 }; } })()),
  "strange names": () => app.insert("things", JSON.parse(`{"_id":"t4","__proto__":{"a":1},"a.b":2,"'; drop table items; --":3,"constructor":4,"toString":5,"":6}`)),
  "strange names are read": async () => Object.keys(await app.get("things", "t4")).filter((key) => !key.startsWith("_")).sort(),
  "the prototype stays": async () => [Object.getPrototypeOf(await app.get("things", "t4")) === Object.prototype, ({}).a ?? "none"],
  "half of a pair": () => app.insert("things", { _id: "t5", text: "\ud800" }),
  "half of a pair in a filter": () => app.query("things").eq("text", "\udc00").find(),
  "many levels": () => {
    let value = {};
    for (let i = 0; i < 500; i++) value = { value };
    return app.insert("things", { _id: "t6", value });
  },
  "too large": () => app.insert("things", { _id: "t7", text: "x".repeat(600 * 1024) }),
  "just small enough": async () => (await app.insert("things", { _id: "t8", text: "x".repeat(500 * 1024 - 1000) })).text.length,
  "a bigint": () => app.insert("things", { _id: "t9", n: 1n }).catch((error) => error.name),
  "update": () => app.update("things", { _id: "t1", m: 3 }),
  "update none": () => app.update("things", { _id: "none", m: 3 }),
  "update without an id": () => app.update("things", { m: 3 }),
  "update if": async () => [
    (await app.update("things", { _id: "t1", m: 4 }, { condition: app.filter().eq("m", 3) })).m,
    await attempt(() => app.update("things", { _id: "t1", m: 5 }, { condition: app.filter().eq("m", 3) })),
    (await app.get("things", "t1")).m,
  ],
  "save new": () => app.save("things", { _id: "s1", a: 1 }),
  "save again": () => app.save("things", { _id: "s1", b: 2 }),
  "patch": () => app.patch("people", "a").setField("name", "Anna").incrementField("age", 2).appendToArray("tags", "new")
    .removeFromArray("tags", "x").removeField("score").setField("city.zip", "2").setField("seen", DAY(9)).run(),
  "patch back": () => app.patch("people", "a", [
    { action: "SET_FIELD", fieldPath: "name", value: "Ann" }, { action: "INCREMENT_FIELD", fieldPath: "age", value: -2 },
    { action: "REMOVE_FIELD", fieldPath: "seen" }, { action: "SET_FIELD", fieldPath: "tags", value: ["x", "y"] },
  ]),
  "patch none": () => app.patch("people", "nobody").setField("a", 1).run(),
  "patch if": async () => [
    await attempt(() => app.patch("people", "b").setField("age", 26).run({ condition: app.filter().eq("age", 1) })),
    (await app.get("people", "b")).age,
  ],
  "patch what does not fit": () => app.patch("people", "a").incrementField("name", 1).run(),
  "bulk update": () => app.bulkUpdate("things", [{ _id: "s1", c: 3 }, { _id: "gone", c: 3 }]),
  "bulk save": () => app.bulkSave("things", [{ _id: "s1", d: 1 }, { _id: "s2", d: 2 }]),
  "bulk patch": () => app.bulkPatch("things", ["s1", "gone", "s2"]).setField("e", 5).incrementField("d", 1).run(),
  "bulk remove": () => app.bulkRemove("things", ["s1", "gone", "s2"]),
  "bulk with one that is too large": () => app.bulkInsert("things", [{ _id: "x1" }, { _id: "x2", text: "x".repeat(600 * 1024) }, { _id: "x3" }]),
  "bulk of too many": () => app.bulkInsert("things", Array.from({ length: 1001 }, () => ({}))),
  "bulk of what is none": () => app.bulkInsert("things", ["x"]),

  all: () => found(people()),
  "eq": () => found(people().eq("age", 30)),
  "eq is of one type": () => found(people().eq("age", "30")),
  "eq knows case": async () => [await found(people().eq("name", "ann")), await found(people().eq("name", "Ann"))],
  "eq in a list": () => found(people().eq("tags", "y")),
  "eq of a date": () => found(people().eq("born", DAY(2))),
  "eq of a nested field": () => found(people().eq("city.name", "Oslo")),
  "eq of nothing": () => found(people().eq("note", null)),
  "eq of undefined": () => found(people().eq("born", undefined)),
  "eq of a boolean": () => found(people().eq("flag", false)),
  "ne": () => found(people().ne("age", 30)),
  "gt": () => found(people().gt("age", 25)),
  "ge": () => found(people().ge("born", DAY(2))),
  "lt": () => found(people().lt("age", 30)),
  "le": () => found(people().le("name", "Bo")),
  "between": () => found(people().between("age", 25, 30)),
  "between dates": () => found(people().between("born", DAY(1), DAY(3))),
  "contains": () => found(people().contains("name", "BO")),
  "contains beyond ASCII": () => found(people().contains("name", "OË")),
  "contains is no pattern": async () => [await found(people().contains("name", "%")), await found(people().contains("name", "_"))],
  "startsWith": () => found(people().startsWith("name", "b")),
  "endsWith": () => found(people().endsWith("name", "O")),
  "hasSome": () => found(people().hasSome("tags", "x", "z")),
  "hasSome of a list": () => found(people().hasSome("age", [25, 35])),
  "hasAll": () => found(people().hasAll("tags", ["x", "y"])),
  "isEmpty": () => found(people().isEmpty("born")),
  "isEmpty of empty text": () => found(people().isEmpty("name")),
  "isNotEmpty": () => found(people().isNotEmpty("flag")),
  "and": () => found(people().eq("age", 30).and(app.filter().contains("name", "n"))),
  "or": () => found(people().eq("age", 25).or(name("Zoë")).or(people().eq("age", 35))),
  "lone or": () => found(people().or(name("Ann"))),
  "lone and": () => found(people().and(name("Ann"))),
  "lone not": () => found(people().not(name("Ann"))),
  "not": () => found(people().gt("age", 1).not(app.filter().eq("tags", "y").or(app.filter().gt("age", 34)))),
  "filters alone": () => found(people().and(app.filter().or(name("Ann")).or(name("Bo")))),
  "several on one field": () => found(people().gt("age", 24).lt("age", 31)),
  "objects as filters": () => app.query("people", {
    filter: { $or: [{ age: { $in: [25, 35] } }, { name: { $eq: "Ann" } }], note: { $exists: false } }, sort: [{ fieldName: "_id" }],
  }).then(({ items: list, pagingMetadata }) => [list.map((item) => item._id), pagingMetadata]),
  "matches": () => app.query("people", { filter: { name: { $matches: { ignoreCase: true, spec: [{ type: "literal", value: "BO" }] } } } })
    .then(({ items: list }) => list.map((item) => item._id).sort()),
  "not of a field": () => app.query("people", { filter: { age: { $not: { $eq: 30 } } }, sort: [{ fieldName: "_id", order: "ASC" }] })
    .then(({ items: list }) => list.map((item) => item._id)),
  "a regular expression": () => app.query("people", { filter: { name: { $regex: "A.*" } } }),
  "an unknown operator": () => app.query("people", { filter: { name: { $where: "1" } } }),
  "50 levels of filters": () => {
    let filter = app.filter().eq("age", 30);
    for (let i = 0; i < 50; i++) filter = i % 2 ? app.filter().eq("age", i).or(filter) : app.filter().ne("age", -1).and(filter);
    return found(people().and(filter));
  },
  "filters that are too deep": () => {
    let filter = { age: 30 };
    for (let i = 0; i < 400; i++) filter = { $not: [filter] };
    return app.query("people", { filter });
  },
  "order": async () => [
    ids(await people().ascending("age", "_id").find()), ids(await people().descending("age").ascending("_id").find()),
    ids(await people().ascending("city.name", "_id").find()), ids(await people().descending("born").descending("_id").find()),
    ids(await people().ascending("name").find()),
  ],
  "fields": async () => (await people().fields("name", "city.name").ascending("_id").limit(2).find()).items,
  "pages": async () => {
    const first = await people().ascending("_id").limit(2).find({ returnTotalCount: true });
    const second = await first.next();
    const third = await second.next();
    const back = await third.prev();
    const about = (page) => [ids(page), page.length, page.currentPage, page.pageSize, page.totalCount, page.totalPages, page.hasNext(), page.hasPrev()];
    return [first, second, third, back].map(about);
  },
  "no next page": async () => (await people().find()).next(),
  "no previous page": async () => (await people().find()).prev(),
  "a page by skipping": async () => {
    const page = await people().ascending("_id").skip(1).limit(2).find();
    return [page, [...page].length, page.hasPrev(), ids(await page.prev())];
  },
  "no page at all": async () => people().eq("age", 99).find({ returnTotalCount: true }),
  "cursors": async () => {
    const first = await app.query("people", { sort: [{ fieldName: "age", order: "DESC" }], cursorPaging: { limit: 2 } });
    const { next, prev } = first.pagingMetadata.cursors ?? {};
    const second = await app.query("people", { cursorPaging: { limit: 2, cursor: next } });
    return [ids(first), prev ?? null, ids(second), typeof second.pagingMetadata.cursors?.prev, second.pagingMetadata.hasNext];
  },
  "a wrong cursor": () => app.query("people", { cursorPaging: { cursor: "nonsense" } }),
  "count": () => people().eq("age", 30).count(),
  "distinct": async () => [(await people().distinct("age")).items, (await people().ascending("tags").distinct("tags")).items],
  "too high a limit": () => people().limit(1001).find(),
  "wrong limits": () => people().limit(-1).skip(0.5).find(),
  "wrong arguments": () => people().gt("age", {}).contains("name", 1).hasSome("tags", {}).between("age", 1, "x").eq(5, 1).eq("a").find(),
  "a wrong order": () => people().ascending(1).find(),
  "wrong options": () => people().find({ suppressHooks: 1 }),
  "a collection that is no text": () => app.query(5).find(),
  "a collection that is not there": () => app.query("no-such-collection").find(),
  "random order": async () => ids(await people().randomSort({ seed: 7 }).find()).sort(),
  "builders of requests": () => app.query("people", QueryBuilder()
    .withFilter(Filter.and(Filter("age").gte(25).lt(35), Filter.not(Filter("name").eq("bob"))))
    .withSorting(Sort("name").desc()).withFields("name").withPaging({ limit: 5 }).build()),

  "search": async () => [
    ids(await app.search("people").expression("ann").run()),
    ids(await app.search("people", SearchBuilder().withSearchClause(SearchParams("zoë").mode("OR")).withFilter(Filter("age").eq(30)).build())),
  ],
  "aggregate": async () => (await app.aggregate("people").filter(app.filter().ne("age", "30")).group("age").count()
    .min("name", "first").max("born").ascending("age").run()).items,
  "aggregate numbers": async () => (await app.aggregate("people").sum("score").avg("score", "mean").run()).items,
  "aggregate having": async () => (await app.aggregate("people").group("age").count().having(app.filter().gt("count", 1)).run()).items,
  "aggregate wrongly": () => app.aggregate("people").group("a").group("b").limit(0).run(),
  "a pipeline": async () => (await app.aggregatePipeline("people", PipelineBuilder().withStages([
    Stages.filter().isNotEmpty("born"), Stages.group().by(E.field("age"), "age").count("people").max(E.field("born"), "latest"),
    Stages.sort().descending("people").ascending("age"), Stages.limit(2),
  ]).build())).results,

  "references": async () => {
    await app.bulkInsert("authors", [{ _id: "au1", name: "Le Guin" }, { _id: "au2", name: "Lem" }]);
    await app.bulkInsert("books", [{ _id: "b1", title: "Solaris", author: "au2" }, { _id: "b2", title: "Rocannon", author: "au1" }]);
    await app.insertReference("books", "readers", "b1", ["au1", "au2"]);
    await app.insertReference("books", "readers", { _id: "b2" }, "au2");
    return [
      await app.isReferenced("books", "readers", "b1", "au1"), await app.isReferenced("books", "readers", "b2", "au1"),
      ids(await app.queryReferenced("books", "b1", "readers", { order: "asc" })).sort(),
    ];
  },
  "include": async () => (await app.query("books").include("author").ascending("_id").find()).items
    .map(({ title, author }) => [title, author.name]),
  "include in get": async () => (await app.get("books", "b1", { includeReferences: [{ field: "author" }] })).author.name,
  "include several": async () => (await app.query("books").include("readers", 1).ascending("_id").find()).items
    .map(({ readers }) => readers.length),
  "a filter by reference": () => found(app.query("books").eq("author", "au2")),
  "several referring items": async () => (await app.queryReferencedItems("books", ["b1", "b2"], "readers")).results
    .map(({ referringItemId, item }) => [referringItemId, item?._id]).sort(),
  "replace and remove references": async () => {
    await app.replaceReferences("books", "readers", "b2", ["au1"]);
    await app.removeReference("books", "readers", "b1", "au1");
    return [ids(await app.queryReferenced("books", "b1", "readers")), ids(await app.queryReferenced("books", "b2", "readers"))];
  },
  "no reference field": () => app.insertReference("books", "title", "b1", "au1"),
  "a reference that is none": () => app.insertReference("books", "readers", "", "au1"),

  "a job that changes": async () => {
    await app.bulkInsert("jobs", Array.from({ length: 30 }, (_, i) => ({ _id: `j${i}`, n: i })));
    const { jobId } = await app.asyncPatchByFilter("jobs", app.filter().lt("n", 10), [{ action: "SET_FIELD", fieldPath: "done", value: true }]);
    return [await ended(jobId), await app.query("jobs").eq("done", true).count()];
  },
  "a job that removes": async () => {
    const { jobId } = await app.asyncRemoveByFilter("jobs", { n: { $gte: 20 } });
    return [await ended(jobId), await app.query("jobs").count()];
  },
  "a job without a filter": () => app.asyncRemoveByFilter("jobs", null),
  "a job that is not there": () => app.getAsyncJobStatus("no-such-job"),
  "truncate": async () => [await app.truncate("jobs"), await app.query("jobs").count()],

  "read as the caller": () => items.get("people", "a"),
  "query as the caller": () => items.query("people").find(),
  "write as the caller": () => items.insert("people", { name: "Eve" }),
  "remove as the caller": () => items.remove("people", "a"),
  "suppressAuth as the caller": () => items.get("people", "a", { suppressAuth: true }),
  "an open collection": async () => {
    const { _id, ...item } = await items.insert("open", { text: "hello" });
    return [item, (await items.get("open", _id)).text, await items.query("open").eq("text", "hello").count() > 0];
  },
  "declarations": async () => {
    const list = auth.elevate(collections.listDataCollections);
    const { collections: all, pagingMetadata } = await list({ paging: { limit: 2, offset: 1 } });
    const one = await auth.elevate(collections.getDataCollection)("books");
    return [all.map(({ _id }) => _id), pagingMetadata.hasNext, one._id, one.dataPermissions, one.fields.map(({ key, type }) => [key, type])];
  },
  "declarations as the caller": () => collections.getDataCollection("books").then(() => "yes", () => "no"),
  "a collection that is made": () => auth.elevate(collections.createDataCollection)({ _id: "new" }).catch(() => "refused"),
  "drafts": () => app.insert("people", { _id: "x" }).then(() => auth.elevate(items.createDataItemDraft)("people", "x")),
  "an event": () => items.onDataItemCreated(() => {}),
  "arguments": async () => [
    await attempt(() => app.get("people")), await attempt(() => app.get(1, "a")), await attempt(() => app.insert("people", null)),
    await attempt(() => app.insert("people", { _id: 5 })), await attempt(() => app.bulkRemove("people", [1])),
    await attempt(() => app.get("people", "a", { language: "" })), await attempt(() => app.filter().gt("a", {}).build()),
  ],
};

async function ended(jobId) {
  for (;;) {
    const job = await app.getAsyncJobStatus(jobId);
    if (/^(SUCCEEDED|FAILED)$/.test(job.status)) return job;
    await new Promise((done) => setTimeout(done, 5));
  }
}

export const GET = async () => {
  const answers = {};
  for (const collection of ["people", "things", "open", "books", "authors", "jobs"]) {
    await app.truncate(collection).catch(() => {});
  }
  for (const [name, run] of Object.entries(cases)) answers[name] = await attempt(run);
  return Response.json(answers);
};
