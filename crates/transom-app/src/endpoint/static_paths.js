// @ts-check
// The paths of a prerendered route: `getStaticPaths`, its checks, `paginate`, and from parameters to a path.
// Spec: astro-endpoints.md section 9.

import { createError } from "transom:internal/app/errors";
import { withoutTrailingSlash } from "transom:internal/app/pathname";
import { primordials } from "transom:internal/primordials";

const {
  ArrayIsArray, Map, MapPrototypeSet, MathCeil, MathMax, MathMin, ObjectKeys, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, RegExpPrototypeSymbolSplit, String, StringPrototypeIncludes, StringPrototypeNormalize,
  StringPrototypeSlice, StringPrototypeStartsWith, TypeError,
} = primordials;

/** Splits a segment; the odd pieces are parameters. */
const PARAMETER = /\[([^[\]()]+(?:\([^)]+\))?)\]/;
const FILE_EXTENSION = /\/[^/]+\.\w+$/;
const SLASHES_AROUND = /^\/|\/$/g;
const LEADING_SLASHES = /^\/{2,}/;

/** A route's name as segments of parts; a part is a text, or the name of a parameter with `...` if it is a rest. */
function segmentsOf(pattern) {
  const segments = [];
  const texts = RegExpPrototypeSymbolSplit(/\//, pattern);
  for (let i = 0; i < texts.length; i++) {
    if (texts[i] === "") continue;
    const pieces = RegExpPrototypeSymbolSplit(PARAMETER, texts[i]);
    const parts = [];
    for (let at = 0; at < pieces.length; at++) {
      if (pieces[at] === "") continue;
      const isParameter = at % 2 === 1;
      const isRest = isParameter && StringPrototypeStartsWith(pieces[at], "...");
      parts[parts.length] = { isParameter, isRest, text: isRest ? StringPrototypeSlice(pieces[at], 3) : pieces[at] };
    }
    segments[segments.length] = parts;
  }
  return segments;
}

const escapeMarks = (text) =>
  RegExpPrototypeSymbolReplace(/\?/g, RegExpPrototypeSymbolReplace(/#/g, StringPrototypeNormalize(text), "%23"), "%3F");

function literal(text) {
  const brackets = RegExpPrototypeSymbolReplace(/%5B/g, escapeMarks(text), "[");
  return RegExpPrototypeSymbolReplace(/%5D/g, brackets, "]");
}

function partText({ isParameter, isRest, text }, params) {
  if (!isParameter) return literal(text);
  const value = params[text];
  if (isRest) return value ?? "";
  if (value === undefined) throw new TypeError(`Missing parameter: ${text}`);
  return value;
}

/** The path that `params` give in a route. */
function generate(segments, params, trailingSlash) {
  const escaped = { __proto__: null };
  const names = ObjectKeys(params);
  for (let i = 0; i < names.length; i++) {
    const value = params[names[i]];
    escaped[names[i]] = typeof value === "string" ? escapeMarks(value) : value;
  }
  let path = "";
  for (let i = 0; i < segments.length; i++) {
    let text = "";
    for (let at = 0; at < segments[i].length; at++) text += partText(segments[i][at], escaped);
    if (text !== "") path += RegExpPrototypeSymbolReplace(LEADING_SLASHES, `/${text}`, "/");
  }
  if (trailingSlash === "always" && segments.length > 0) path += "/";
  return path === "" ? "/" : path;
}

/**
 * The path of a prerendered answer.
 * @param {import("./application.js").Route} route
 * @param {any} params
 * @param {string} trailingSlash
 */
export function pathFor(route, params, trailingSlash) {
  const valid = { __proto__: null };
  const names = ObjectKeys(params);
  for (let i = 0; i < names.length; i++) {
    const [name, value] = [names[i], params[names[i]]];
    if (value === undefined) continue;
    if (typeof value !== "string") {
      throw createError("GetStaticPathsInvalidRouteParam", { name, value, type: typeof value });
    }
    valid[name] = RegExpPrototypeSymbolReplace(SLASHES_AROUND, value, "");
  }
  const namesFile = RegExpPrototypeExec(FILE_EXTENSION, route.pattern) !== null;
  return generate(segmentsOf(route.pattern), valid, namesFile ? "never" : trailingSlash);
}

/** The second half of `paginate`: one entry for each page of `data`. */
function pages(data, args, segments, { base, trailingSlash }) {
  const pageSize = args.pageSize || 10;
  const format = args.format || ((url) => url);
  const has = (isRest) => {
    for (let i = 0; i < segments.length; i++) {
      for (let at = 0; at < segments[i].length; at++) {
        const part = segments[i][at];
        if (part.isParameter && part.isRest === isRest && part.text === "page") return true;
      }
    }
    return false;
  };
  const leavesFirstOut = has(true);
  if (!leavesFirstOut && !has(false)) throw createError("PageNumberParamNotFound", "page");
  const last = MathMax(1, MathCeil(data.length / pageSize));
  const bare = withoutTrailingSlash(base);
  const paramsOf = (number) => ({ ...args.params, page: leavesFirstOut && number === 1 ? undefined : `${number}` });
  const urlOf = (number) => {
    const path = generate(segments, paramsOf(number), trailingSlash);
    return format(`${bare}/${StringPrototypeSlice(path, 1)}`);
  };
  const result = [];
  for (let number = 1; number <= last; number++) {
    const start = pageSize === Infinity ? 0 : (number - 1) * pageSize;
    const end = MathMin(start + pageSize, data.length);
    const page = {
      data: data.slice(start, end),
      start,
      end: end - 1,
      size: pageSize,
      total: data.length,
      currentPage: number,
      lastPage: last,
      url: {
        current: urlOf(number),
        next: number === last ? undefined : urlOf(number + 1),
        prev: number === 1 ? undefined : urlOf(number - 1),
        first: number === 1 ? undefined : urlOf(1),
        last: number === last ? undefined : urlOf(last),
      },
    };
    result[result.length] = { params: paramsOf(number), props: { ...args.props, page } };
  }
  return result;
}

function check(entries) {
  if (!ArrayIsArray(entries)) throw createError("InvalidGetStaticPathsReturn", typeof entries);
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry === null || ArrayIsArray(entry)) {
      throw createError("InvalidGetStaticPathsEntry", entry === null ? "object" : "array");
    }
    const params = entry.params;
    if (params === undefined || params === null || ObjectKeys(params).length === 0) {
      throw createError("GetStaticPathsExpectedParams");
    }
  }
}

/**
 * Calls `getStaticPaths` of a route's module.
 * @param {import("./application.js").Application} app
 * @param {import("./application.js").Route} route its module is loaded
 * @returns {Promise<{ paths: string[], byPath: Map<string, any> }>} of entries with the same path the last is kept
 */
export async function staticPaths(app, route) {
  const { namespace } = route;
  if (!namespace.getStaticPaths) throw createError("GetStaticPathsRequired");
  const segments = segmentsOf(route.pattern);
  const entries = await namespace.getStaticPaths({
    paginate: (data, args = {}) => pages(data, args, segments, app),
    routePattern: route.pattern,
  });
  check(entries);
  const paths = [];
  const byPath = new Map();
  for (let i = 0; i < entries.length; i++) {
    const path = pathFor(route, entries[i].params, app.trailingSlash);
    paths[i] = path;
    MapPrototypeSet(byPath, path, entries[i]);
  }
  return { paths, byPath };
}

/** Refuses parameters whose file would have to be a folder as well. */
export function checkCollision(route, params) {
  if (!route.namespace.getStaticPaths) return;
  const segments = segmentsOf(route.pattern);
  const last = segments[segments.length - 1];
  const names = ObjectKeys(params);
  const lastValue = params[names[names.length - 1]];
  if (last.length === 1 && last[0].isParameter && lastValue === undefined) {
    const renamed = RegExpPrototypeSymbolReplace(/\.(?=(?:js|ts)$)/, String(route.file), ".json.");
    const hint = StringPrototypeIncludes(renamed, ".json.") ? `Rename \`${route.file}\` to \`${renamed}\`` : undefined;
    throw createError("PrerenderDynamicEndpointPathCollide", route.pattern, { hint });
  }
}
