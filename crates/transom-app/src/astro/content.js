// `astro:content`: collections of pages.

import { unsupported } from "transom:internal/app/unsupported";

const missing = (name) => unsupported("astro:content", name, "import the files that you need, or read them from a database");

export const getCollection = missing("getCollection");
export const getEntry = missing("getEntry");
export const getEntries = missing("getEntries");
export const getLiveCollection = missing("getLiveCollection");
export const getLiveEntry = missing("getLiveEntry");
export const reference = missing("reference");
export const render = missing("render");
export const defineCollection = (collection) => collection;
