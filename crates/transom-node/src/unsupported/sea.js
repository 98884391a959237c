// @ts-check
// node:sea: the server is no application of one file.
// Reference: https://nodejs.org/docs/latest-v22.x/api/sea.html

import { refuseAll } from "transom:internal/node/unsupported/refuse";

const all = refuseAll("sea", [
  "getAsset", "getAssetAsBlob", "getAssetKeys", "getRawAsset",
], "import files with `?raw` or `?url`, or read them with node:fs");
export const { getAsset, getAssetAsBlob, getAssetKeys, getRawAsset } = all;

export const isSea = () => false;
export default { ...all, isSea };
