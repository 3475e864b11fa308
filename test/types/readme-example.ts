/**
 * The example of libs/cache/README.md, "Use it in a NestJS application". readme-example.spec.ts runs it.
 */
import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Patch,
  UseInterceptors,
} from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Catalog, defineEntry } from '@chaincache/cache';
import { Cached, CacheHeadersInterceptor, CacheModule, InvalidateOn, Warm } from '@chaincache/cache/nest';

// 1. The catalog: what is cached, under which key, for how long, and which tags make it invalid.
interface User {
  readonly wallet: string;
  readonly name: string;
}

const userInfo = defineEntry<User>()('user info', 'user:info:{wallet}', {
  fresh: '5m',
  grace: '10m',
  tags: ['user:{wallet}'],
});
const userCount = defineEntry<number>()('user count', 'user:count', { fresh: '1m', tags: ['users'] });

// 2. An event says what happened. Its class names it.
class UserUpdated {
  static readonly type = 'user.updated';
  constructor(readonly wallet: string) {}
}

// 3. The method that reads the source is the entry's loader, and events say what they make invalid.
@Injectable()
@InvalidateOn(UserUpdated, (event) => [`user:${event.wallet}`, 'users'])
export class UsersService {
  private readonly table = new Map<string, User>([['a1', { wallet: 'a1', name: 'Ada' }]]);

  constructor(private readonly events: EventEmitter2) {}

  @Cached(userInfo)
  async find(wallet: string): Promise<User | undefined> {
    return this.table.get(wallet);
  }

  @Cached(userCount)
  @Warm(userCount, { atStart: true, every: '30s' })
  async count(): Promise<number> {
    return this.table.size;
  }

  async rename(wallet: string, name: string): Promise<void> {
    this.table.set(wallet, { wallet, name });
    await this.events.emitAsync(UserUpdated.type, new UserUpdated(wallet)); // after the commit, never before
  }
}

// 4. Callers know nothing of the cache. The interceptor sets X-Cache and Age.
@Controller('users')
@UseInterceptors(CacheHeadersInterceptor)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('count')
  count(): Promise<number> {
    return this.users.count();
  }

  @Get(':wallet')
  async find(@Param('wallet') wallet: string): Promise<User> {
    const user = await this.users.find(wallet);
    if (user === undefined) throw new NotFoundException();
    return user;
  }

  @Patch(':wallet')
  rename(@Param('wallet') wallet: string, @Body() body: { name: string }): Promise<void> {
    return this.users.rename(wallet, body.name);
  }
}

// 5. Without REDIS_URL everything works in one process, with the same promise.
@Module({
  imports: [
    EventEmitterModule.forRoot(),
    CacheModule.forRootAsync({
      useFactory: () => {
        const url = process.env.REDIS_URL;
        return { catalog: new Catalog([userInfo, userCount]), redis: url === undefined ? undefined : { url } };
      },
    }),
  ],
  controllers: [UsersController],
  providers: [UsersService],
})
export class AppModule {}
