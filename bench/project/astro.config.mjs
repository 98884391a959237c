// The same settings for every server that reads an Astro project; Bun and Deno call the endpoint files directly.
import { defineConfig } from 'astro/config';
import node from '@astrojs/node';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
});
