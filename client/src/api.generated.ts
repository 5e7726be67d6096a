// Written by npm run generate from /api/openapi.json.
export interface paths {
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Published: get */
        get: operations["PublishedController.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Published feedback: own */
        get: operations["PublishedFeedbackController.own"];
        put?: never;
        /** Published feedback: give */
        post: operations["PublishedFeedbackController.give"];
        /** Published feedback: remove */
        delete: operations["PublishedFeedbackController.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Threads: list */
        get: operations["ThreadsController.list"];
        put?: never;
        /** Threads: begin */
        post: operations["ThreadsController.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Threads: get */
        get: operations["ThreadsController.get"];
        put?: never;
        /** Threads: rename */
        post: operations["ThreadsController.rename"];
        /** Threads: erase */
        delete: operations["ThreadsController.erase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Threads: messages */
        get: operations["ThreadsController.messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        BeginThreadRequest: {
            title?: string;
            workflow: string;
        };
        Citation: {
            collection?: string;
            document: string;
            linkedBy?: string[];
            number: number;
            passage: string;
            place?: components["schemas"]["Place"];
            quote: string;
            quoteEnd: number;
            quoteStart: number;
            sentences?: string[];
            source?: string;
            title?: string;
        };
        ErasedConversationsReply: {
            conversations: number;
            turns: number;
        };
        FeedbackRequest: {
            comment?: string;
            correction?: unknown;
            message?: string;
            model?: string;
            rating?: number;
            score?: number;
            /** @enum {string} */
            thumb?: "up" | "down";
        };
        /** @enum {string} */
        LabelLevel: "public" | "internal" | "confidential" | "restricted";
        OwnFeedback: {
            comment?: string;
            correction?: unknown;
            createdAt: number;
            message?: string;
            rating?: number;
            score?: number;
            /** @enum {string} */
            thumb?: "up" | "down";
            updatedAt: number;
        };
        OwnFeedbackReply: {
            feedback: components["schemas"]["OwnFeedback"][];
        };
        PageBoxes: {
            height: number;
            lines: [
                number,
                number,
                number,
                number,
                number
            ][];
            page: number;
            /** @enum {string} */
            unit: "pt" | "px";
            width: number;
        };
        Place: {
            boxes?: components["schemas"]["PageBoxes"][];
            end?: number;
            headings?: string[];
            line?: number;
            page?: number;
            parent?: [
                number,
                number
            ];
            row?: number;
            start?: number;
        };
        PublishedReply: {
            citations?: components["schemas"]["Citation"][];
            error?: {
                code: string;
                message: string;
            };
            outputs: {
                [key: string]: unknown;
            };
            runId: string;
            status: components["schemas"]["RunStatus"];
            thread?: string;
            usage: {
                cost: number;
                inputTokens: number;
                outputTokens: number;
            };
            version: number;
            workflow: string;
        };
        RenameThreadRequest: {
            title: string;
        };
        /** @enum {string} */
        RunStatus: "queued" | "running" | "suspended" | "paused" | "done" | "failed" | "cancelled";
        Thread: {
            createdAt: number;
            id: string;
            messages: number;
            title?: string;
            updatedAt: number;
            workflow: string;
        };
        ThreadMessage: {
            citations?: components["schemas"]["Citation"][];
            feedback?: components["schemas"]["OwnFeedback"][];
            isWithheld: boolean;
            label: components["schemas"]["LabelLevel"];
            /** @enum {string} */
            role: "user" | "assistant";
            run?: string;
            text: string;
            time: number;
        };
        ThreadMessagesReply: {
            messages: components["schemas"]["ThreadMessage"][];
            next?: number;
            running?: {
                question?: string;
                run: string;
                status: components["schemas"]["RunStatus"];
            };
        };
        ThreadsReply: {
            next?: string;
            threads: components["schemas"]["Thread"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "PublishedController.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedReply"];
                };
            };
        };
    };
    "PublishedFeedbackController.own": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnFeedbackReply"];
                };
            };
        };
    };
    "PublishedFeedbackController.give": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackRequest"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "PublishedFeedbackController.remove": {
        parameters: {
            query?: {
                message?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "ThreadsController.list": {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                search?: string;
                workflow?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadsReply"];
                };
            };
        };
    };
    "ThreadsController.begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginThreadRequest"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
        };
    };
    "ThreadsController.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
        };
    };
    "ThreadsController.rename": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameThreadRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
        };
    };
    "ThreadsController.erase": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedConversationsReply"];
                };
            };
        };
    };
    "ThreadsController.messages": {
        parameters: {
            query?: {
                before?: number;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadMessagesReply"];
                };
            };
        };
    };
}
