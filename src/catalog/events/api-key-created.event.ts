/** An API key was made. Its SHA-256 in hex names it. */
export class ApiKeyCreated {
  static readonly type = 'api-key.created';
  static readonly version = 1;

  constructor(readonly sha256: string) {}
}
