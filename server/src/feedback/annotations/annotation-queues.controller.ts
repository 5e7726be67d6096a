import {
  AddItemsReply,
  AddItemsRequest,
  AnnotationQueue,
  AnnotationQueuesReply,
  AnnotationRequest,
  CalibrateQueueReply,
  CalibrateQueueRequest,
  ChangeQueueRequest,
  CreateQueueRequest,
  DatasetWriteReply,
  NextTaskReply,
  QueueResultsReply,
  QueueRowsRequest,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, ParseIntPipe, Patch, Post } from '@nestjs/common';
import { Actor, Caller } from '../../auth/caller.js';
import { View, type ProjectView } from '../../auth/rights/project-view.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { AnnotationService } from './annotation.service.js';

const all = { kind: 'annotation-queue' } as const;
const one = { kind: 'annotation-queue', param: 'id' } as const;

/** Annotation queues. Annotators see the inputs and outputs of runs, and need the rights to read and to rate them. */
@Controller('api/annotation-queues')
export class AnnotationQueuesController {
  constructor(private readonly annotations: AnnotationService) {}

  @Get()
  @Access('run:values', all)
  @Reply(AnnotationQueuesReply)
  async list(@View() view: ProjectView, @Caller() { id }: Principal): Promise<AnnotationQueuesReply> {
    return { queues: await this.annotations.list(id, (queue) => view.shows('annotation-queue', queue)) };
  }

  /** Errors: `project_not_found`. */
  @Post()
  @Access('workflow:write', all)
  @Reply(AnnotationQueue, 201)
  create(
    @Body({ schema: CreateQueueRequest }) request: CreateQueueRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<AnnotationQueue> {
    return this.annotations.create(request, project, by);
  }

  /** Errors: `not_found`. */
  @Get(':id')
  @Access('run:values', one)
  @Reply(AnnotationQueue)
  get(@Param('id') id: string, @Caller() { id: who }: Principal): Promise<AnnotationQueue> {
    return this.annotations.get(id, who);
  }

  /** Errors: `not_found`. */
  @Patch(':id')
  @Access('workflow:write', one)
  @Reply(AnnotationQueue)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeQueueRequest }) changes: ChangeQueueRequest,
    @Actor() by: AuditActor,
  ): Promise<AnnotationQueue> {
    return this.annotations.change(id, changes, by);
  }

  /** Deletes the queue with its annotations. Errors: `not_found`. */
  @Delete(':id')
  @Access('workflow:write', one)
  @Reply(undefined, 204)
  delete(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.annotations.delete(id, by);
  }

  /** Adds runs. Those above the clearance of the queue are left out. Errors: `not_found`, `workflow_not_found`. */
  @Post(':id/items')
  @Access('workflow:write', one)
  @Reply(AddItemsReply)
  add(
    @Param('id') id: string,
    @Body({ schema: AddItemsRequest }) request: AddItemsRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<AddItemsReply> {
    return this.annotations.add(id, request, caller, by);
  }

  /** Claims the next item for the caller, or returns the one that they have already claimed. Errors: `not_found`, `forbidden`. */
  @Post(':id/next')
  @Access('run:feedback', one)
  @Reply(NextTaskReply)
  next(@Param('id') id: string, @Caller() caller: Principal): Promise<NextTaskReply> {
    return this.annotations.next(id, caller);
  }

  /** Annotates an item, or changes the annotation. Errors: `not_found`, `forbidden`, `bad_request`, `conflict`. */
  @Post(':id/items/:item/annotation')
  @Access('run:feedback', one)
  @Reply(undefined, 204)
  annotate(
    @Param('id') id: string,
    @Param('item', ParseIntPipe) item: number,
    @Body({ schema: AnnotationRequest }) said: AnnotationRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.annotations.annotate(id, item, said, caller, by);
  }

  /** Undoes the last annotation of the caller, and returns its item. Errors: `not_found`, `forbidden`, `conflict`. */
  @Post(':id/undo')
  @Access('run:feedback', one)
  @Reply(NextTaskReply)
  undo(@Param('id') id: string, @Caller() caller: Principal, @Actor() by: AuditActor): Promise<NextTaskReply> {
    return this.annotations.undo(id, caller, by);
  }

  /** All annotations, and how well people agree. Errors: `not_found`. */
  @Get(':id/results')
  @Access('run:values', one)
  @Reply(QueueResultsReply)
  results(@Param('id') id: string): Promise<QueueResultsReply> {
    return this.annotations.results(id);
  }

  /** Writes the corrected answers as rows of a dataset of the project. Errors: `not_found`, `conflict`. */
  @Post(':id/dataset')
  @Access('workflow:write', one)
  @Reply(DatasetWriteReply)
  addRows(
    @Param('id') id: string,
    @Body({ schema: QueueRowsRequest }) request: QueueRowsRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<DatasetWriteReply> {
    return this.annotations.addRows(id, request, caller, by);
  }

  /** Compares judges with the annotations of people. Errors: `not_found`, `bad_request` without such a criterion or judge. */
  @Post(':id/calibration')
  @Access('workflow:write', one)
  @Reply(CalibrateQueueReply)
  calibrate(
    @Param('id') id: string,
    @Body({ schema: CalibrateQueueRequest }) request: CalibrateQueueRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<CalibrateQueueReply> {
    return this.annotations.calibrate(id, request, caller, by);
  }
}
