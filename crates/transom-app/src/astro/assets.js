// `astro:assets`: image processing of pages.

import { unsupported } from "transom:internal/app/unsupported";

const missing = (name) => unsupported("astro:assets", name, "serve images from `public/`, or write them in a handler");

export const getImage = missing("getImage");
export const inferRemoteSize = missing("inferRemoteSize");
export const getConfiguredImageService = missing("getConfiguredImageService");
export const Image = missing("Image");
export const Picture = missing("Picture");
export const Font = missing("Font");
