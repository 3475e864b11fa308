/** The R3MES chain has a new block. */
export class BlockCreated {
  static readonly type = 'block.created';

  constructor(readonly height: number) {}
}
