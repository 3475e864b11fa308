/** An API key may not be used any more. Its SHA-256 in hex names it. */
export class ApiKeyRevoked {
  static readonly type = 'api-key.revoked';
  static readonly version = 1;

  constructor(readonly sha256: string) {}
}
