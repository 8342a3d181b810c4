// What drivers of SDKs on the Tea runtime share: how a client is set up, what an engine is asked, and what its errors tell.
'use strict';
const { described } = require('./conversation.js');

// The settings of a client, by the names that every release's Config has.
function settings(call) {
  const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, security_token: securityToken } = call.credentials;
  const [protocol, endpoint] = call.endpoint.split('://');
  const config = { accessKeyId, accessKeySecret, endpoint, protocol, regionId: call.region };
  if (securityToken !== undefined) config.securityToken = securityToken;
  if (call.signature === 'v1') config.signatureAlgorithm = 'v2'; // the SDK's word for signature version 1.0
  return config;
}

function patience(call) {
  const milliseconds = Math.round(call.timeout * 1000);
  return { readTimeout: milliseconds, connectTimeout: milliseconds };
}

// What an engine is told of an operation, as the packages of single APIs tell it.
function params(call) {
  const { action, version } = call.operation;
  return {
    action, version, protocol: call.endpoint.split(':')[0].toUpperCase(), pathname: '/', method: call.method || 'POST',
    authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: call.raw ? 'byte' : 'json',
  };
}

function failure(error) {
  const data = error.data || {};
  return described(error, { status: error.statusCode || data.statusCode, id: error.requestId || data.RequestId });
}

module.exports = { settings, patience, params, failure };
