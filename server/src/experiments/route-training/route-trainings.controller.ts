import {
  RouteTraining,
  RouteTrainingRequest,
  RouteTrainingsReply,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Actor, Caller } from '../../auth/caller.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { RouteTrainingService } from './route-training.service.js';

const one = { kind: 'experiment', param: 'id' } as const;

/** Trainings of routes, each from two variants of an experiment. */
@Controller('api/experiments/:id/route-trainings')
export class RouteTrainingsController {
  constructor(private readonly trainings: RouteTrainingService) {}

  /** Errors: `not_found`, as have all routes below. */
  @Get()
  @Access('run:read', one)
  @Reply(RouteTrainingsReply)
  async list(@Param('id') id: string): Promise<RouteTrainingsReply> {
    return { trainings: [...(await this.trainings.list(id))] };
  }

  /** Creates a training, which waits until the experiment has ended. Errors: `experiment_invalid`, `evaluator_invalid`, `forbidden`. */
  @Post()
  @Access('run:published', one)
  @Reply(RouteTraining, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: RouteTrainingRequest }) request: RouteTrainingRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<RouteTraining> {
    return this.trainings.create(id, request, caller, by);
  }

  @Get(':training')
  @Access('run:read', one)
  @Reply(RouteTraining)
  get(@Param('id') id: string, @Param('training') training: string): Promise<RouteTraining> {
    return this.trainings.get(id, training);
  }

  /** Errors: `conflict`. */
  @Post(':training/cancel')
  @Access('run:control', one)
  @Reply(RouteTraining)
  cancel(
    @Param('id') id: string,
    @Param('training') training: string,
    @Actor() by: AuditActor,
  ): Promise<RouteTraining> {
    return this.trainings.cancel(id, training, by);
  }

  /** Removes a training. Its stored policy stays. */
  @Delete(':training')
  @Access('run:control', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Param('training') training: string, @Actor() by: AuditActor): Promise<void> {
    return this.trainings.remove(id, training, by);
  }
}
