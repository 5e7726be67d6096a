import {
  Lab,
  LabelledComparisonRequest,
  LabRequest,
  LabsReply,
  LabSummariesReply,
  ReindexComparison,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { LabService } from './lab.service.js';

const one = { kind: 'dataset', param: 'id' } as const;

/** Labs: ways to index and search a collection, measured on the labelled questions of a dataset. */
@Controller('api/datasets/:id/labs')
export class LabsController {
  constructor(private readonly labs: LabService) {}

  /** Errors: `not_found`, as have all routes below. */
  @Get()
  @Access('run:values', one)
  @Reply(LabsReply)
  async list(@Param('id') id: string): Promise<LabsReply> {
    return { labs: [...(await this.labs.list(id))] };
  }

  /** Creates a lab and starts it. Errors: `lab_invalid`, `collection_not_found`, `model_unknown`, `model_wrong_kind`, `forbidden`. */
  @Post()
  @Access('workflow:write', one)
  @Reply(Lab, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: LabRequest }) request: LabRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<Lab> {
    return this.labs.create(id, request, caller, by);
  }

  @Get(':lab')
  @Access('run:values', one)
  @Reply(Lab)
  get(@Param('id') id: string, @Param('lab') lab: string): Promise<Lab> {
    return this.labs.get(id, lab);
  }

  /** Errors: `conflict`. */
  @Post(':lab/cancel')
  @Access('run:control', one)
  @Reply(Lab)
  cancel(@Param('id') id: string, @Param('lab') lab: string, @Actor() by: AuditActor): Promise<Lab> {
    return this.labs.cancel(id, lab, by);
  }

  /** Continues a lab that was stopped or failed. Errors: `conflict`, `collection_not_found`, `forbidden`. */
  @Post(':lab/resume')
  @Access('workflow:write', one)
  @Reply(Lab)
  resume(
    @Param('id') id: string,
    @Param('lab') lab: string,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<Lab> {
    return this.labs.resume(id, lab, caller, by);
  }

  /** Removes a lab with its measurements. A running lab is cancelled first. */
  @Delete(':lab')
  @Access('run:control', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Param('lab') lab: string, @Actor() by: AuditActor): Promise<void> {
    return this.labs.remove(id, lab, by);
  }
}

/** Lists the labs of all datasets of a project. */
@Controller('api/labs')
export class AllLabsController {
  constructor(private readonly labs: LabService) {}

  /** Leaves out the scores of each configuration; lists at most 200 labs. */
  @Get()
  @Access('run:values', { kind: 'dataset' })
  @Reply(LabSummariesReply)
  async list(@View() { project }: ProjectView): Promise<LabSummariesReply> {
    return { labs: [...(await this.labs.ofProject(project))] };
  }
}

/** Compares the two indexes of a collection on the labelled questions of a dataset. */
@Controller('api/datasets/:id/index-comparisons')
export class IndexComparisonsController {
  constructor(private readonly labs: LabService) {}

  /** Compares without writing anything. Errors: `lab_invalid`, `collection_not_found`, `conflict`, `forbidden`. */
  @Post()
  @Access('run:values', one)
  @Reply(ReindexComparison)
  compare(
    @Param('id') id: string,
    @Body({ schema: LabelledComparisonRequest }) request: LabelledComparisonRequest,
    @Caller() caller: Principal,
  ): Promise<ReindexComparison> {
    return this.labs.compareIndexes(id, request, caller);
  }
}
