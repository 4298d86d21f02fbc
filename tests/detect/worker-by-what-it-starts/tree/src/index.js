await consumer.run({ eachMessage });
