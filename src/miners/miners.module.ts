import { Module } from '@nestjs/common';
import { MinersController } from './miners.controller.js';
import { MinersLoader } from './miners.loader.js';
import { MinersService } from './miners.service.js';

@Module({ controllers: [MinersController], providers: [MinersLoader, MinersService] })
export class MinersModule {}
