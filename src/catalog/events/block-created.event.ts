/** The R3MES chain has a new block. */
export class BlockCreated {
  static readonly type = 'block.created';
  static readonly version = 1;

  constructor(readonly height: number) {}
}
