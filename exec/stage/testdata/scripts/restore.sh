echo restored
