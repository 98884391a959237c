import { defineConfig, envField } from 'astro/config';
import node from '@astrojs/node';

const secret = envField.string({ context: 'server', access: 'secret', optional: true });

export default defineConfig({
  site: 'https://storefront.example',
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  env: {
    schema: {
      // The service that knows exchange rates: see src/pages/api/convert.ts.
      RATES_URL: secret,
      RATES_KEY: secret,
      // What the payment provider signs its calls with: see src/pages/api/webhooks/payment.ts.
      WEBHOOK_SECRET: secret,
      // Where /proxy/... leads: see src/pages/proxy/[...path].ts.
      UPSTREAM_URL: secret,
    },
  },
});
