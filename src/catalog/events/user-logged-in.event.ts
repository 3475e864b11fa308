/** A user proved that a wallet is theirs. */
export class UserLoggedIn {
  static readonly type = 'user.logged-in';

  constructor(readonly wallet: string) {}
}
