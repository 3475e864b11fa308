/** A user proved that a wallet is theirs. */
export class UserLoggedIn {
  static readonly type = 'user.logged-in';
  static readonly version = 1;

  constructor(readonly wallet: string) {}
}
