import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { blockHeight, recentBlocks } from '../catalog/network.entries.js';
import { CachedAnswer } from '../http/cached.answer.js';
import { cachedReply, type CachedReply } from '../http/cached.reply.js';
import { BlocksLoader, MAX_BLOCKS } from './blocks.loader.js';
import { blocksAnswer, blocksView, heightAnswer } from './network.view.js';

const DEFAULT_LIMIT = '10';
const LIMIT_EXPECTED = `should be a whole number from 1 to ${MAX_BLOCKS}`;

const blocksQuery = z.object({
  limit: z
    .string({ error: LIMIT_EXPECTED })
    .describe(`A whole number from 1 to ${MAX_BLOCKS}`)
    .refine((text) => /^[1-9]\d{0,2}$/.test(text) && Number(text) <= MAX_BLOCKS, { error: LIMIT_EXPECTED })
    .transform(Number)
    .prefault(DEFAULT_LIMIT),
});

type BlocksQuery = z.output<typeof blocksQuery>;

@ApiTags('blocks')
@Controller('blocks')
export class BlocksController {
  constructor(private readonly loader: BlocksLoader) {}

  @Get()
  @ApiOperation({ summary: 'The newest blocks of the R3MES chain, newest first' })
  @CachedAnswer({
    description: 'Blocks with their own hashes; total is the height',
    schema: blocksAnswer,
    unavailable: 'The chain cannot be read',
  })
  @ApiResponse({ status: 400, description: 'Names the field that is wrong and what it should be' })
  async recent(@Query({ schema: blocksQuery }) { limit }: BlocksQuery): Promise<CachedReply> {
    const blocks = await this.loader.loadRecent();
    return cachedReply(recentBlocks.ref({}), blocks, (value) => blocksView(value, limit));
  }

  @Get('height')
  @ApiOperation({ summary: 'How high the R3MES chain is' })
  @CachedAnswer({
    description: 'The height of the newest block',
    schema: heightAnswer,
    unavailable: 'The chain cannot be read',
  })
  async height(): Promise<CachedReply> {
    return cachedReply(blockHeight.ref({}), await this.loader.loadHeight(), (height) => ({ height }));
  }
}
