import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ command }) => ({
  root: import.meta.dirname,
  // A build that a test starts finds the test's environment: the plugin for tests would make it a build for the server.
  plugins: [svelte(), ...(command === 'build' ? [] : [svelteTesting()])],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The content security policy allows files of our own origin and no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file on purpose: a desk that is open for eight hours must not ask for a part that an update has replaced.
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: {
    name: 'web',
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    // One browser for all files: making one takes longer than their tests.
    isolate: false,
    sequence: { groupOrder: 0 },
  },
}));
