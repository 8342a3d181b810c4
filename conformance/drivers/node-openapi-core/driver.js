// Drives @alicloud/openapi-core, which the packages of single APIs stand on: any operation by name, as they call it.
'use strict';
const { about, clientFor, converse, load, made, unparsed } = require('../shared/conversation.js');
const tea = require('../shared/tea.js');

const PACKAGE = '@alicloud/openapi-core';

async function answer(call) {
  const { default: Client, OpenApiUtil, $OpenApiUtil } = load(PACKAGE);
  const { RuntimeOptions } = load('@darabonba/typescript');
  const client = clientFor(call, () => new Client(new $OpenApiUtil.Config(tea.settings(call))));
  const params = new $OpenApiUtil.Params(tea.params(call));
  return made(call, async () => {
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(call.parameters) });
    const { body } = await client.callApi(params, request, new RuntimeOptions(tea.patience(call)));
    if (call.raw) return unparsed(body);
    return body === undefined ? null : body;
  });
}

const ready = { view: 'json', methods: ['POST', 'GET'], signatures: ['v3', 'v1'], structures: true };
converse(() => about(PACKAGE, ready), answer, tea.failure);
