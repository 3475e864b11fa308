/** A user's own information was changed. */
export class UserUpdated {
  static readonly type = 'user.updated';
  static readonly version = 1;

  constructor(readonly wallet: string) {}
}
