// Drives @alicloud/pop-core: any action by name, parameters as an object, the parsed JSON as result.
'use strict';
const { about, clientFor, converse, described, load, made, parsesAll } = require('../shared/conversation.js');

const PACKAGE = '@alicloud/pop-core';

function client(call) {
  const sdk = load(PACKAGE);
  const Client = sdk.RPCClient || sdk;
  const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, security_token: securityToken } = call.credentials;
  return new Client({ accessKeyId, accessKeySecret, securityToken, endpoint: call.endpoint, apiVersion: call.operation.version });
}

async function answer(call) {
  if (call.raw) return parsesAll;
  // The SDK fills in no region of its own: a caller passes RegionId like any other parameter.
  const options = { timeout: call.timeout * 1000, formatParams: false }; // names go as they are documented, also those in small letters
  if (call.method) options.method = call.method;
  const kept = clientFor(call, () => client(call));
  return made(call, () => kept.request(call.operation.action, call.parameters, options));
}

const failure = (error) => described(error, {
  status: error.entry && error.entry.response && error.entry.response.statusCode, id: (error.data || {}).RequestId,
});

converse(() => about(PACKAGE, { view: 'json', methods: ['GET', 'POST'] }), answer, failure);
