import { defineConfig } from 'vite';

/** The API serves what comes out of this; nothing is loaded from anywhere else. */
export default defineConfig({
  build: {
    target: 'es2022',
    // Small files would become data: URLs, which the page's policy allows for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: ['index.html', 'console.html'],
      // "use client" is for servers that render; there is none here.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  // `npx vite` while working on the page, beside `npm start`.
  server: { proxy: { '/api': 'http://127.0.0.1:3000', '/devnet-wallet': 'http://127.0.0.1:3000' } },
});
