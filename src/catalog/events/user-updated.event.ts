/** A user's own information was changed. */
export class UserUpdated {
  static readonly type = 'user.updated';

  constructor(readonly wallet: string) {}
}
