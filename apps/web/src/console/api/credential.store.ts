const NAME = 'chaincache:console-key';

/** The API key of this tab: gone with it, and never in an address. */
export const credentialStore = {
  read: (): string | null => sessionStorage.getItem(NAME),
  write: (key: string): void => sessionStorage.setItem(NAME, key),
  forget: (): void => sessionStorage.removeItem(NAME),
};
