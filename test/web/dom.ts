import { indexedDB } from 'fake-indexeddb';
import { JSDOM } from 'jsdom';

/**
 * A page's globals, made of jsdom, in Node's own realm: the hooks run here beside the real API and the devnet. Import it
 * before React.
 */
const { window } = new JSDOM('<!doctype html><html><body></body></html>', {
  url: 'http://localhost/',
  pretendToBeVisual: true,
});

Object.assign(globalThis, {
  window,
  document: window.document,
  localStorage: window.localStorage,
  indexedDB,
  HTMLElement: window.HTMLElement,
});
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });
