// Express with sns-validator: node express_endpoint.js PORT PEM; the certificate is at hand, as after the first message.
"use strict";

const { EventEmitter } = require("node:events");
const fs = require("node:fs");
const https = require("node:https");

const [port, pem] = process.argv.slice(2);
const certificate = fs.readFileSync(pem);
https.get = (_url, answer) => {
  const response = new EventEmitter();
  response.statusCode = 200;
  process.nextTick(() => {
    answer(response);
    response.emit("data", certificate);
    response.emit("end");
  });
  return new EventEmitter();
};

const express = require("express");
const MessageValidator = require("sns-validator");

const validator = new MessageValidator();
const app = express();
app.use(express.text({ type: "*/*", limit: "4mb" }));
app.get("/readyz", (_request, response) => response.send(""));
app.post("/sns", (request, response) => {
  validator.validate(JSON.parse(request.body), (error) => {
    if (error) response.status(403).send(error.message);
    else response.send("verified");
  });
});
app.listen(Number(port), "127.0.0.1");
