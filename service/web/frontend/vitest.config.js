import { defineConfig } from 'vitest/config';

// What the islands decide, without a browser and without the server; how pages behave is tested in tests/web.
export default defineConfig({
  test: { environment: 'jsdom', include: ['tests/*.test.js'], restoreMocks: true },
});
